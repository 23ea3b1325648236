// The build puts the module itself into this place, so that nothing has to be installed beside the SDK.
export { type ErrorDetails, type InternalCode, internalCodes, type TaskError } from "@baton/proto/contract/task-error";
