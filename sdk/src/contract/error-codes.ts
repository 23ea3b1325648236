// The build replaces this file with the module itself, so that the SDK has no dependencies.
export { grpcStatus, statusByClientCode, statusByCode } from "@baton/proto/contract/error-codes";
