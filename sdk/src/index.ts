export { AbortTaskRunError } from "./abort-task-run-error.ts";
export { type ClientConfig, configure } from "./client-config.ts";
export type { Context } from "./context.ts";
export { type BatonConfig, defineConfig } from "./define-config.ts";
export {
  ApiConnectionError,
  ApiError,
  AuthenticationError,
  BadRequestError,
  ConflictError,
  type ErrorCode,
  errorCodes,
  InternalServerError,
  NotFoundError,
  PermissionDeniedError,
  RateLimitError,
  UnprocessableEntityError,
} from "./errors.ts";
export { type EncodeJsonOptions, encodeJson, JsonValueError } from "./json-value.ts";
export { logger } from "./logger.ts";
export type { RequestOptions, RequestRetryOptions, TriggerRequestOptions } from "./request-options.ts";
export { type ListRunsParams, RunPage } from "./run-list.ts";
export type { RetrievedRun, RunAttempt, RunError, RunSummary, RunTimelineEntry } from "./run-object.ts";
export type { RunStatus, RunStatusAlias } from "./run-status.ts";
export type { SubscribeOptions } from "./run-subscription.ts";
export { type RunOf, type RunReference, runs } from "./runs.ts";
export {
  type AttemptRuntime,
  type BatonRuntime,
  findRuntime,
  runtimeKey,
  type TaskRecord,
  taskKey,
} from "./runtime.ts";
export {
  type AnyTask,
  type RetryOptions,
  type RunParams,
  type Task,
  type TaskDefinition,
  type TaskIdentifier,
  type TaskMachine,
  type TaskOutput,
  type TaskPayload,
  type TaskQueue,
  task,
} from "./task.ts";
export { tasks } from "./tasks.ts";
export { timeout } from "./timeout.ts";
export type { BatchHandle, BatchItem, RunHandle } from "./trigger.ts";
export type { TriggerOptions } from "./trigger-options.ts";
