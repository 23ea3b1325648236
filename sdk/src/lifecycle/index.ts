export type { FailureDecision, FinalStatus, LifeEnd } from "./attempt-end.ts";
export { type EncodedOutput, encodeOutput, OutputError } from "./output-json.ts";
export { cutText, describeThrown, type InternalCode, isError, type TaskError, toTaskError } from "./task-error.ts";
export { TaskRunExceededMaxDuration } from "./time-exceeded.ts";
