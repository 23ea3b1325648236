// The build replaces this file with the module itself, so that the SDK has no dependencies.
export type { Failure, FailureDecision, Success } from "@baton/proto/contract/outcome";
