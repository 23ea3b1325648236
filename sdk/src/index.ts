// For applications and tasks; docs/sdk.md describes every export.

export type { Context } from "./attempt/context.ts";
export type { GlobalHooks, RegisterHook } from "./attempt/global-hooks.ts";
export { heartbeats } from "./attempt/heartbeats.ts";
export { type LocalsKey, locals } from "./attempt/locals.ts";
export { type LogFunction, type Logger, logger, type TraceOptions } from "./attempt/logger.ts";
// For runners and tools. Members are only ever added.
export {
  type AttemptRuntime,
  type BatonRuntime,
  findRuntime,
  type HookKind,
  type RegisteredHook,
  runtimeKey,
  type TaskRecord,
  taskKey,
} from "./attempt/runtime.ts";
export { type ComputeUsage, type RunUsage, usage } from "./attempt/usage.ts";
export { waitUntil } from "./attempt/wait-until.ts";
export { type Address, type ClientConfig, configure, resolveAddress } from "./client/client-config.ts";
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
} from "./client/errors.ts";
export type { RequestOptions, RequestRetryOptions } from "./client/request-options.ts";
export type { LogLevel } from "./contract/log-level.ts";
export type { RunStatusAlias } from "./contract/run-status.ts";
export { AbortTaskRunError } from "./define/abort-task-run-error.ts";
export { type BatonConfig, type ConfigFields, defineConfig, type IgnoredConfigFields } from "./define/define-config.ts";
export type { Task } from "./define/define-task.ts";
export { OutOfMemoryError } from "./define/out-of-memory-error.ts";
export type { PayloadSchema, SchemaInput, SchemaOutput, StandardSchema } from "./define/payload-schema.ts";
export { type Queue, queue } from "./define/queue.ts";
export { SchemaError, type SchemaIssue } from "./define/schema-error.ts";
export { schemaTask } from "./define/schema-task.ts";
export {
  type AnyTask,
  type RunParams,
  type TaskDefinition,
  type TaskFunctions,
  type TaskIdentifier,
  type TaskOutput,
  type TaskPayload,
  task,
} from "./define/task.ts";
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
} from "./define/task-hooks.ts";
export type { MachinePreset, RetryOptions, TaskMachine, TaskOptions, TaskQueue } from "./define/task-options.ts";
export { timeout } from "./define/timeout.ts";
export type { RegisteredTask } from "./runs/registered-task.ts";
export { type ListRunsParams, RunPage } from "./runs/run-list.ts";
export type { LogsOptions, RunLogEntry } from "./runs/run-logs.ts";
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
} from "./runs/run-object.ts";
export type { PollOptions } from "./runs/run-poll.ts";
export { RunPollTimeoutError } from "./runs/run-poll-timeout-error.ts";
export type { RunStatus, StatusHelpers } from "./runs/run-status.ts";
export type { SubscribeOptions } from "./runs/run-subscription.ts";
export { type FinalRunOf, type RunOf, type RunReference, runs } from "./runs/runs.ts";
export { tasks } from "./runs/tasks.ts";
export type { BatchHandle, BatchItem, RunHandle } from "./runs/trigger.ts";
export type { TriggerOptions } from "./runs/trigger-options.ts";
export { decodeValue, ValueTypesError } from "./values/decode-value.ts";
export { type EncodedValue, encodeValue } from "./values/encode-value.ts";
export type { Stored } from "./values/stored.ts";
export { UnstorableValueError } from "./values/unstorable-value-error.ts";
