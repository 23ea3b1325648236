// The build replaces this file with the module itself, so that the SDK has no dependencies.
export {
  type ErrorDetails,
  type InternalCode,
  innerErrorsAtMost,
  internalCodes,
  type TaskError,
} from "@baton/proto/contract/task-error";
