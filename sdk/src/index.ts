export { AbortTaskRunError } from "./abort-task-run-error.ts";
export { type ClientConfig, configure } from "./client-config.ts";
export type { Context } from "./context.ts";
export type { RunStatusAlias } from "./contract/run-status.ts";
export { type BatonConfig, type ConfigFields, defineConfig, type IgnoredConfigFields } from "./define-config.ts";
export {
  ApiConnectionError,
  ApiError,
  type ApiErrorFields,
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
export type { GlobalHooks, RegisterHook } from "./global-hooks.ts";
export { heartbeats } from "./heartbeats.ts";
export { type LocalsKey, locals } from "./locals.ts";
export { type LogFunction, type Logger, logger, type TraceOptions } from "./logger.ts";
export { OutOfMemoryError } from "./out-of-memory-error.ts";
export type { PayloadSchema, SchemaInput, SchemaOutput, StandardSchema } from "./payload-schema.ts";
export { type Queue, queue } from "./queue.ts";
export type { RequestOptions, RequestRetryOptions } from "./request-options.ts";
export { type ListRunsParams, RunPage } from "./run-list.ts";
export type {
  CanceledRun,
  CompletedRun,
  FailedRun,
  FinalRun,
  RetrievedRun,
  RunAttempt,
  RunAttemptUsage,
  RunError,
  RunSummary,
  RunTimelineEntry,
  UnfinishedRun,
} from "./run-object.ts";
export type { PollOptions } from "./run-poll.ts";
export { RunPollTimeoutError } from "./run-poll-timeout-error.ts";
export type { RunStatus, StatusHelpers } from "./run-status.ts";
export type { SubscribeOptions } from "./run-subscription.ts";
export { type FinalRunOf, type RunOf, type RunReference, runs } from "./runs.ts";
export {
  type AttemptRuntime,
  type BatonRuntime,
  findRuntime,
  type HookKind,
  type RegisteredHook,
  runtimeKey,
  type TaskRecord,
  taskKey,
} from "./runtime.ts";
export { SchemaError, type SchemaIssue } from "./schema-error.ts";
export { schemaTask } from "./schema-task.ts";
export {
  type AnyTask,
  type RunParams,
  type Task,
  type TaskDefinition,
  type TaskFunctions,
  type TaskIdentifier,
  type TaskOutput,
  type TaskPayload,
  task,
} from "./task.ts";
export type {
  AttemptResult,
  BaseHookParams,
  CancelParams,
  CompleteParams,
  ErrorHook,
  FailureParams,
  HandleErrorDecision,
  HandleErrorParams,
  HandleErrorResult,
  HookParams,
  Hooks,
  MiddlewareParams,
  SuccessParams,
  WaitDescription,
  WaitParams,
} from "./task-hooks.ts";
export type { MachinePreset, RetryOptions, TaskMachine, TaskOptions, TaskQueue } from "./task-options.ts";
export { tasks } from "./tasks.ts";
export { timeout } from "./timeout.ts";
export type { BatchHandle, BatchItem, RunHandle } from "./trigger.ts";
export type { TriggerOptions } from "./trigger-options.ts";
export { type ComputeUsage, type RunUsage, usage } from "./usage.ts";
export { decodeValue, ValueTypesError } from "./values/decode-value.ts";
export { type EncodedValue, encodeValue } from "./values/encode-value.ts";
export type { Stored } from "./values/stored.ts";
export { UnstorableValueError } from "./values/unstorable-value-error.ts";
export { waitUntil } from "./wait-until.ts";
