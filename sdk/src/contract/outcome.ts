// The build puts the module itself into this place, so that nothing has to be installed beside the SDK.
export type { Failure, FailureDecision, Success } from "@baton/proto/contract/outcome";
