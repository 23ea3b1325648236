export type { AppendLogsRequest, AppendLogsRequest__Output } from "./generated/types/baton/v1/AppendLogsRequest.ts";
export type { AppendLogsResponse, AppendLogsResponse__Output } from "./generated/types/baton/v1/AppendLogsResponse.ts";
export type { Assignment, Assignment__Output } from "./generated/types/baton/v1/Assignment.ts";
export type { AttachRequest, AttachRequest__Output } from "./generated/types/baton/v1/AttachRequest.ts";
export type { AttachResponse, AttachResponse__Output } from "./generated/types/baton/v1/AttachResponse.ts";
export type { Attempt, Attempt__Output } from "./generated/types/baton/v1/Attempt.ts";
export type { AttemptOutcome, AttemptOutcome__Output } from "./generated/types/baton/v1/AttemptOutcome.ts";
export type { AttemptStarted, AttemptStarted__Output } from "./generated/types/baton/v1/AttemptStarted.ts";
export type { AttemptStatus, AttemptStatus__Output } from "./generated/types/baton/v1/AttemptStatus.ts";
export type { AttemptUsage, AttemptUsage__Output } from "./generated/types/baton/v1/AttemptUsage.ts";
export type {
  BatchTriggerRequest,
  BatchTriggerRequest__Output,
} from "./generated/types/baton/v1/BatchTriggerRequest.ts";
export type {
  BatchTriggerResponse,
  BatchTriggerResponse__Output,
} from "./generated/types/baton/v1/BatchTriggerResponse.ts";
export type { CancelAttempt, CancelAttempt__Output } from "./generated/types/baton/v1/CancelAttempt.ts";
export type { CancelRunRequest, CancelRunRequest__Output } from "./generated/types/baton/v1/CancelRunRequest.ts";
export type { CancelRunResponse, CancelRunResponse__Output } from "./generated/types/baton/v1/CancelRunResponse.ts";
export type { Capacity, Capacity__Output } from "./generated/types/baton/v1/Capacity.ts";
export type { Dispatch, Dispatch__Output } from "./generated/types/baton/v1/Dispatch.ts";
export type { Draining, Draining__Output } from "./generated/types/baton/v1/Draining.ts";
export type { Failure, Failure__Output } from "./generated/types/baton/v1/Failure.ts";
export type { FindRunsRequest, FindRunsRequest__Output } from "./generated/types/baton/v1/FindRunsRequest.ts";
export type { FindRunsResponse, FindRunsResponse__Output } from "./generated/types/baton/v1/FindRunsResponse.ts";
export type { GetRunRequest, GetRunRequest__Output } from "./generated/types/baton/v1/GetRunRequest.ts";
export type { GetRunResponse, GetRunResponse__Output } from "./generated/types/baton/v1/GetRunResponse.ts";
export type { HandBackReason, HandBackReason__Output } from "./generated/types/baton/v1/HandBackReason.ts";
export type { HandedBack, HandedBack__Output } from "./generated/types/baton/v1/HandedBack.ts";
export type { HeldAttempt, HeldAttempt__Output } from "./generated/types/baton/v1/HeldAttempt.ts";
export type { HeldState, HeldState__Output } from "./generated/types/baton/v1/HeldState.ts";
export type { Hello, Hello__Output } from "./generated/types/baton/v1/Hello.ts";
export type { Interruption, Interruption__Output } from "./generated/types/baton/v1/Interruption.ts";
export type { ItemError, ItemError__Output } from "./generated/types/baton/v1/ItemError.ts";
export type { ListRunsRequest, ListRunsRequest__Output } from "./generated/types/baton/v1/ListRunsRequest.ts";
export type { ListRunsResponse, ListRunsResponse__Output } from "./generated/types/baton/v1/ListRunsResponse.ts";
export type { ListTasksRequest, ListTasksRequest__Output } from "./generated/types/baton/v1/ListTasksRequest.ts";
export type { ListTasksResponse, ListTasksResponse__Output } from "./generated/types/baton/v1/ListTasksResponse.ts";
export type { LogEntry, LogEntry__Output } from "./generated/types/baton/v1/LogEntry.ts";
export type { LogLevel, LogLevel__Output } from "./generated/types/baton/v1/LogLevel.ts";
export type {
  LogServiceClient,
  LogServiceDefinition,
  LogServiceHandlers,
} from "./generated/types/baton/v1/LogService.ts";
export type { ReadLogsRequest, ReadLogsRequest__Output } from "./generated/types/baton/v1/ReadLogsRequest.ts";
export type { ReadLogsResponse, ReadLogsResponse__Output } from "./generated/types/baton/v1/ReadLogsResponse.ts";
export type { RegisteredTask, RegisteredTask__Output } from "./generated/types/baton/v1/RegisteredTask.ts";
export type {
  RegisterVersionRequest,
  RegisterVersionRequest__Output,
} from "./generated/types/baton/v1/RegisterVersionRequest.ts";
export type {
  RegisterVersionResponse,
  RegisterVersionResponse__Output,
} from "./generated/types/baton/v1/RegisterVersionResponse.ts";
export type { ReplayRunRequest, ReplayRunRequest__Output } from "./generated/types/baton/v1/ReplayRunRequest.ts";
export type { ReplayRunResponse, ReplayRunResponse__Output } from "./generated/types/baton/v1/ReplayRunResponse.ts";
export type { Report, Report__Output } from "./generated/types/baton/v1/Report.ts";
export type { RetryPolicy, RetryPolicy__Output } from "./generated/types/baton/v1/RetryPolicy.ts";
export type { Run, Run__Output } from "./generated/types/baton/v1/Run.ts";
export type { RunLogs, RunLogs__Output } from "./generated/types/baton/v1/RunLogs.ts";
export type {
  RunnerServiceClient,
  RunnerServiceDefinition,
  RunnerServiceHandlers,
} from "./generated/types/baton/v1/RunnerService.ts";
export type {
  RunServiceClient,
  RunServiceDefinition,
  RunServiceHandlers,
} from "./generated/types/baton/v1/RunService.ts";
export type { RunStatus, RunStatus__Output } from "./generated/types/baton/v1/RunStatus.ts";
export type { Success, Success__Output } from "./generated/types/baton/v1/Success.ts";
export type { TaskDefinition, TaskDefinition__Output } from "./generated/types/baton/v1/TaskDefinition.ts";
export type { TaskError, TaskError__Output } from "./generated/types/baton/v1/TaskError.ts";
export type { TaskErrorType, TaskErrorType__Output } from "./generated/types/baton/v1/TaskErrorType.ts";
export type {
  TaskServiceClient,
  TaskServiceDefinition,
  TaskServiceHandlers,
} from "./generated/types/baton/v1/TaskService.ts";
export type { TimelineEntry, TimelineEntry__Output } from "./generated/types/baton/v1/TimelineEntry.ts";
export type { TriggeredRun, TriggeredRun__Output } from "./generated/types/baton/v1/TriggeredRun.ts";
export type { TriggerFunction, TriggerFunction__Output } from "./generated/types/baton/v1/TriggerFunction.ts";
export type { TriggerItem, TriggerItem__Output } from "./generated/types/baton/v1/TriggerItem.ts";
export type { TriggerManyRequest, TriggerManyRequest__Output } from "./generated/types/baton/v1/TriggerManyRequest.ts";
export type {
  TriggerManyResponse,
  TriggerManyResponse__Output,
} from "./generated/types/baton/v1/TriggerManyResponse.ts";
export type { TriggerOptions, TriggerOptions__Output } from "./generated/types/baton/v1/TriggerOptions.ts";
export type { TriggerRequest, TriggerRequest__Output } from "./generated/types/baton/v1/TriggerRequest.ts";
export type { TriggerResponse, TriggerResponse__Output } from "./generated/types/baton/v1/TriggerResponse.ts";
export type { TriggerResult, TriggerResult__Output } from "./generated/types/baton/v1/TriggerResult.ts";
export type { VersionsChanged, VersionsChanged__Output } from "./generated/types/baton/v1/VersionsChanged.ts";
export type { WatchedRun, WatchedRun__Output } from "./generated/types/baton/v1/WatchedRun.ts";
export type { WatchRunsRequest, WatchRunsRequest__Output } from "./generated/types/baton/v1/WatchRunsRequest.ts";
export type { WatchRunsResponse, WatchRunsResponse__Output } from "./generated/types/baton/v1/WatchRunsResponse.ts";
export type { Welcome, Welcome__Output } from "./generated/types/baton/v1/Welcome.ts";
export type { HealthClient, HealthDefinition, HealthHandlers } from "./generated/types/grpc/health/v1/Health.ts";
export type {
  HealthCheckRequest,
  HealthCheckRequest__Output,
} from "./generated/types/grpc/health/v1/HealthCheckRequest.ts";
export type {
  _grpc_health_v1_HealthCheckResponse_ServingStatus,
  _grpc_health_v1_HealthCheckResponse_ServingStatus__Output,
  HealthCheckResponse,
  HealthCheckResponse__Output,
} from "./generated/types/grpc/health/v1/HealthCheckResponse.ts";
export { descriptorSet, messageType, packageDefinition, services } from "./load.ts";
export { durationFromWire, durationToWire, type SecondsAndNanos, timestampFromWire, timestampToWire } from "./time.ts";
