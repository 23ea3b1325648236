// Generated from the .proto files by "npm run generate". Do not edit.

import { codecOf, enumNumber, type MessageOutline, methodOf, type Reader, readEnum, readNested, readSigned64, readTextEntry, readUnsigned64, type Writer, writeInteger64, writeNested } from "../codec.ts";
import type { AppendLogsRequest as baton_v1_AppendLogsRequest, AppendLogsRequest__Output as baton_v1_AppendLogsRequest__Output } from "./types/baton/v1/AppendLogsRequest.ts";
import type { AppendLogsResponse as baton_v1_AppendLogsResponse, AppendLogsResponse__Output as baton_v1_AppendLogsResponse__Output } from "./types/baton/v1/AppendLogsResponse.ts";
import type { Assignment as baton_v1_Assignment, Assignment__Output as baton_v1_Assignment__Output } from "./types/baton/v1/Assignment.ts";
import type { AttachRequest as baton_v1_AttachRequest, AttachRequest__Output as baton_v1_AttachRequest__Output } from "./types/baton/v1/AttachRequest.ts";
import type { AttachResponse as baton_v1_AttachResponse, AttachResponse__Output as baton_v1_AttachResponse__Output } from "./types/baton/v1/AttachResponse.ts";
import type { Attempt as baton_v1_Attempt, Attempt__Output as baton_v1_Attempt__Output } from "./types/baton/v1/Attempt.ts";
import type { AttemptOutcome as baton_v1_AttemptOutcome, AttemptOutcome__Output as baton_v1_AttemptOutcome__Output } from "./types/baton/v1/AttemptOutcome.ts";
import type { AttemptStarted as baton_v1_AttemptStarted, AttemptStarted__Output as baton_v1_AttemptStarted__Output } from "./types/baton/v1/AttemptStarted.ts";
import type { AttemptUsage as baton_v1_AttemptUsage, AttemptUsage__Output as baton_v1_AttemptUsage__Output } from "./types/baton/v1/AttemptUsage.ts";
import type { BatchTriggerRequest as baton_v1_BatchTriggerRequest, BatchTriggerRequest__Output as baton_v1_BatchTriggerRequest__Output } from "./types/baton/v1/BatchTriggerRequest.ts";
import type { BatchTriggerResponse as baton_v1_BatchTriggerResponse, BatchTriggerResponse__Output as baton_v1_BatchTriggerResponse__Output } from "./types/baton/v1/BatchTriggerResponse.ts";
import type { CancelAttempt as baton_v1_CancelAttempt, CancelAttempt__Output as baton_v1_CancelAttempt__Output } from "./types/baton/v1/CancelAttempt.ts";
import type { CancelRunRequest as baton_v1_CancelRunRequest, CancelRunRequest__Output as baton_v1_CancelRunRequest__Output } from "./types/baton/v1/CancelRunRequest.ts";
import type { CancelRunResponse as baton_v1_CancelRunResponse, CancelRunResponse__Output as baton_v1_CancelRunResponse__Output } from "./types/baton/v1/CancelRunResponse.ts";
import type { Capacity as baton_v1_Capacity, Capacity__Output as baton_v1_Capacity__Output } from "./types/baton/v1/Capacity.ts";
import type { Dispatch as baton_v1_Dispatch, Dispatch__Output as baton_v1_Dispatch__Output } from "./types/baton/v1/Dispatch.ts";
import type { Draining as baton_v1_Draining, Draining__Output as baton_v1_Draining__Output } from "./types/baton/v1/Draining.ts";
import type { Failure as baton_v1_Failure, Failure__Output as baton_v1_Failure__Output } from "./types/baton/v1/Failure.ts";
import type { FindRunsRequest as baton_v1_FindRunsRequest, FindRunsRequest__Output as baton_v1_FindRunsRequest__Output } from "./types/baton/v1/FindRunsRequest.ts";
import type { FindRunsResponse as baton_v1_FindRunsResponse, FindRunsResponse__Output as baton_v1_FindRunsResponse__Output } from "./types/baton/v1/FindRunsResponse.ts";
import type { GetRunRequest as baton_v1_GetRunRequest, GetRunRequest__Output as baton_v1_GetRunRequest__Output } from "./types/baton/v1/GetRunRequest.ts";
import type { GetRunResponse as baton_v1_GetRunResponse, GetRunResponse__Output as baton_v1_GetRunResponse__Output } from "./types/baton/v1/GetRunResponse.ts";
import type { HandedBack as baton_v1_HandedBack, HandedBack__Output as baton_v1_HandedBack__Output } from "./types/baton/v1/HandedBack.ts";
import type { HeldAttempt as baton_v1_HeldAttempt, HeldAttempt__Output as baton_v1_HeldAttempt__Output } from "./types/baton/v1/HeldAttempt.ts";
import type { Hello as baton_v1_Hello, Hello__Output as baton_v1_Hello__Output } from "./types/baton/v1/Hello.ts";
import type { Interruption as baton_v1_Interruption, Interruption__Output as baton_v1_Interruption__Output } from "./types/baton/v1/Interruption.ts";
import type { ItemError as baton_v1_ItemError, ItemError__Output as baton_v1_ItemError__Output } from "./types/baton/v1/ItemError.ts";
import type { ListRunsRequest as baton_v1_ListRunsRequest, ListRunsRequest__Output as baton_v1_ListRunsRequest__Output } from "./types/baton/v1/ListRunsRequest.ts";
import type { ListRunsResponse as baton_v1_ListRunsResponse, ListRunsResponse__Output as baton_v1_ListRunsResponse__Output } from "./types/baton/v1/ListRunsResponse.ts";
import type { ListTasksRequest as baton_v1_ListTasksRequest, ListTasksRequest__Output as baton_v1_ListTasksRequest__Output } from "./types/baton/v1/ListTasksRequest.ts";
import type { ListTasksResponse as baton_v1_ListTasksResponse, ListTasksResponse__Output as baton_v1_ListTasksResponse__Output } from "./types/baton/v1/ListTasksResponse.ts";
import type { LogEntry as baton_v1_LogEntry, LogEntry__Output as baton_v1_LogEntry__Output } from "./types/baton/v1/LogEntry.ts";
import type { ReadLogsRequest as baton_v1_ReadLogsRequest, ReadLogsRequest__Output as baton_v1_ReadLogsRequest__Output } from "./types/baton/v1/ReadLogsRequest.ts";
import type { ReadLogsResponse as baton_v1_ReadLogsResponse, ReadLogsResponse__Output as baton_v1_ReadLogsResponse__Output } from "./types/baton/v1/ReadLogsResponse.ts";
import type { RegisterVersionRequest as baton_v1_RegisterVersionRequest, RegisterVersionRequest__Output as baton_v1_RegisterVersionRequest__Output } from "./types/baton/v1/RegisterVersionRequest.ts";
import type { RegisterVersionResponse as baton_v1_RegisterVersionResponse, RegisterVersionResponse__Output as baton_v1_RegisterVersionResponse__Output } from "./types/baton/v1/RegisterVersionResponse.ts";
import type { RegisteredTask as baton_v1_RegisteredTask, RegisteredTask__Output as baton_v1_RegisteredTask__Output } from "./types/baton/v1/RegisteredTask.ts";
import type { ReplayRunRequest as baton_v1_ReplayRunRequest, ReplayRunRequest__Output as baton_v1_ReplayRunRequest__Output } from "./types/baton/v1/ReplayRunRequest.ts";
import type { ReplayRunResponse as baton_v1_ReplayRunResponse, ReplayRunResponse__Output as baton_v1_ReplayRunResponse__Output } from "./types/baton/v1/ReplayRunResponse.ts";
import type { Report as baton_v1_Report, Report__Output as baton_v1_Report__Output } from "./types/baton/v1/Report.ts";
import type { RetryPolicy as baton_v1_RetryPolicy, RetryPolicy__Output as baton_v1_RetryPolicy__Output } from "./types/baton/v1/RetryPolicy.ts";
import type { Run as baton_v1_Run, Run__Output as baton_v1_Run__Output } from "./types/baton/v1/Run.ts";
import type { RunLogs as baton_v1_RunLogs, RunLogs__Output as baton_v1_RunLogs__Output } from "./types/baton/v1/RunLogs.ts";
import type { Success as baton_v1_Success, Success__Output as baton_v1_Success__Output } from "./types/baton/v1/Success.ts";
import type { TaskDefinition as baton_v1_TaskDefinition, TaskDefinition__Output as baton_v1_TaskDefinition__Output } from "./types/baton/v1/TaskDefinition.ts";
import type { TaskError as baton_v1_TaskError, TaskError__Output as baton_v1_TaskError__Output } from "./types/baton/v1/TaskError.ts";
import type { TimelineEntry as baton_v1_TimelineEntry, TimelineEntry__Output as baton_v1_TimelineEntry__Output } from "./types/baton/v1/TimelineEntry.ts";
import type { TriggerItem as baton_v1_TriggerItem, TriggerItem__Output as baton_v1_TriggerItem__Output } from "./types/baton/v1/TriggerItem.ts";
import type { TriggerManyRequest as baton_v1_TriggerManyRequest, TriggerManyRequest__Output as baton_v1_TriggerManyRequest__Output } from "./types/baton/v1/TriggerManyRequest.ts";
import type { TriggerManyResponse as baton_v1_TriggerManyResponse, TriggerManyResponse__Output as baton_v1_TriggerManyResponse__Output } from "./types/baton/v1/TriggerManyResponse.ts";
import type { TriggerOptions as baton_v1_TriggerOptions, TriggerOptions__Output as baton_v1_TriggerOptions__Output } from "./types/baton/v1/TriggerOptions.ts";
import type { TriggerRequest as baton_v1_TriggerRequest, TriggerRequest__Output as baton_v1_TriggerRequest__Output } from "./types/baton/v1/TriggerRequest.ts";
import type { TriggerResponse as baton_v1_TriggerResponse, TriggerResponse__Output as baton_v1_TriggerResponse__Output } from "./types/baton/v1/TriggerResponse.ts";
import type { TriggerResult as baton_v1_TriggerResult, TriggerResult__Output as baton_v1_TriggerResult__Output } from "./types/baton/v1/TriggerResult.ts";
import type { TriggeredRun as baton_v1_TriggeredRun, TriggeredRun__Output as baton_v1_TriggeredRun__Output } from "./types/baton/v1/TriggeredRun.ts";
import type { VersionsChanged as baton_v1_VersionsChanged, VersionsChanged__Output as baton_v1_VersionsChanged__Output } from "./types/baton/v1/VersionsChanged.ts";
import type { WatchRunsRequest as baton_v1_WatchRunsRequest, WatchRunsRequest__Output as baton_v1_WatchRunsRequest__Output } from "./types/baton/v1/WatchRunsRequest.ts";
import type { WatchRunsResponse as baton_v1_WatchRunsResponse, WatchRunsResponse__Output as baton_v1_WatchRunsResponse__Output } from "./types/baton/v1/WatchRunsResponse.ts";
import type { WatchedRun as baton_v1_WatchedRun, WatchedRun__Output as baton_v1_WatchedRun__Output } from "./types/baton/v1/WatchedRun.ts";
import type { Welcome as baton_v1_Welcome, Welcome__Output as baton_v1_Welcome__Output } from "./types/baton/v1/Welcome.ts";
import type { Any as google_protobuf_Any, Any__Output as google_protobuf_Any__Output } from "./types/google/protobuf/Any.ts";
import type { Duration as google_protobuf_Duration, Duration__Output as google_protobuf_Duration__Output } from "./types/google/protobuf/Duration.ts";
import type { Timestamp as google_protobuf_Timestamp, Timestamp__Output as google_protobuf_Timestamp__Output } from "./types/google/protobuf/Timestamp.ts";
import type { BadRequest as google_rpc_BadRequest, BadRequest__Output as google_rpc_BadRequest__Output } from "./types/google/rpc/BadRequest.ts";
import type { _google_rpc_BadRequest_FieldViolation as google_rpc_BadRequest_FieldViolation, _google_rpc_BadRequest_FieldViolation__Output as google_rpc_BadRequest_FieldViolation__Output } from "./types/google/rpc/BadRequest.ts";
import type { ErrorInfo as google_rpc_ErrorInfo, ErrorInfo__Output as google_rpc_ErrorInfo__Output } from "./types/google/rpc/ErrorInfo.ts";
import type { RetryInfo as google_rpc_RetryInfo, RetryInfo__Output as google_rpc_RetryInfo__Output } from "./types/google/rpc/RetryInfo.ts";
import type { Status as google_rpc_Status, Status__Output as google_rpc_Status__Output } from "./types/google/rpc/Status.ts";
import type { HealthCheckRequest as grpc_health_v1_HealthCheckRequest, HealthCheckRequest__Output as grpc_health_v1_HealthCheckRequest__Output } from "./types/grpc/health/v1/HealthCheckRequest.ts";
import type { HealthCheckResponse as grpc_health_v1_HealthCheckResponse, HealthCheckResponse__Output as grpc_health_v1_HealthCheckResponse__Output } from "./types/grpc/health/v1/HealthCheckResponse.ts";
import type { ErrorResponse as grpc_reflection_v1_ErrorResponse, ErrorResponse__Output as grpc_reflection_v1_ErrorResponse__Output } from "./types/grpc/reflection/v1/ErrorResponse.ts";
import type { ExtensionNumberResponse as grpc_reflection_v1_ExtensionNumberResponse, ExtensionNumberResponse__Output as grpc_reflection_v1_ExtensionNumberResponse__Output } from "./types/grpc/reflection/v1/ExtensionNumberResponse.ts";
import type { ExtensionRequest as grpc_reflection_v1_ExtensionRequest, ExtensionRequest__Output as grpc_reflection_v1_ExtensionRequest__Output } from "./types/grpc/reflection/v1/ExtensionRequest.ts";
import type { FileDescriptorResponse as grpc_reflection_v1_FileDescriptorResponse, FileDescriptorResponse__Output as grpc_reflection_v1_FileDescriptorResponse__Output } from "./types/grpc/reflection/v1/FileDescriptorResponse.ts";
import type { ListServiceResponse as grpc_reflection_v1_ListServiceResponse, ListServiceResponse__Output as grpc_reflection_v1_ListServiceResponse__Output } from "./types/grpc/reflection/v1/ListServiceResponse.ts";
import type { ServerReflectionRequest as grpc_reflection_v1_ServerReflectionRequest, ServerReflectionRequest__Output as grpc_reflection_v1_ServerReflectionRequest__Output } from "./types/grpc/reflection/v1/ServerReflectionRequest.ts";
import type { ServerReflectionResponse as grpc_reflection_v1_ServerReflectionResponse, ServerReflectionResponse__Output as grpc_reflection_v1_ServerReflectionResponse__Output } from "./types/grpc/reflection/v1/ServerReflectionResponse.ts";
import type { ServiceResponse as grpc_reflection_v1_ServiceResponse, ServiceResponse__Output as grpc_reflection_v1_ServiceResponse__Output } from "./types/grpc/reflection/v1/ServiceResponse.ts";
import type { ErrorResponse as grpc_reflection_v1alpha_ErrorResponse, ErrorResponse__Output as grpc_reflection_v1alpha_ErrorResponse__Output } from "./types/grpc/reflection/v1alpha/ErrorResponse.ts";
import type { ExtensionNumberResponse as grpc_reflection_v1alpha_ExtensionNumberResponse, ExtensionNumberResponse__Output as grpc_reflection_v1alpha_ExtensionNumberResponse__Output } from "./types/grpc/reflection/v1alpha/ExtensionNumberResponse.ts";
import type { ExtensionRequest as grpc_reflection_v1alpha_ExtensionRequest, ExtensionRequest__Output as grpc_reflection_v1alpha_ExtensionRequest__Output } from "./types/grpc/reflection/v1alpha/ExtensionRequest.ts";
import type { FileDescriptorResponse as grpc_reflection_v1alpha_FileDescriptorResponse, FileDescriptorResponse__Output as grpc_reflection_v1alpha_FileDescriptorResponse__Output } from "./types/grpc/reflection/v1alpha/FileDescriptorResponse.ts";
import type { ListServiceResponse as grpc_reflection_v1alpha_ListServiceResponse, ListServiceResponse__Output as grpc_reflection_v1alpha_ListServiceResponse__Output } from "./types/grpc/reflection/v1alpha/ListServiceResponse.ts";
import type { ServerReflectionRequest as grpc_reflection_v1alpha_ServerReflectionRequest, ServerReflectionRequest__Output as grpc_reflection_v1alpha_ServerReflectionRequest__Output } from "./types/grpc/reflection/v1alpha/ServerReflectionRequest.ts";
import type { ServerReflectionResponse as grpc_reflection_v1alpha_ServerReflectionResponse, ServerReflectionResponse__Output as grpc_reflection_v1alpha_ServerReflectionResponse__Output } from "./types/grpc/reflection/v1alpha/ServerReflectionResponse.ts";
import type { ServiceResponse as grpc_reflection_v1alpha_ServiceResponse, ServiceResponse__Output as grpc_reflection_v1alpha_ServiceResponse__Output } from "./types/grpc/reflection/v1alpha/ServiceResponse.ts";

const baton_v1_AttemptStatus_names = {
  0: "ATTEMPT_STATUS_UNSPECIFIED",
  1: "ATTEMPT_STATUS_PENDING",
  2: "ATTEMPT_STATUS_EXECUTING",
  3: "ATTEMPT_STATUS_PAUSED",
  4: "ATTEMPT_STATUS_COMPLETED",
  5: "ATTEMPT_STATUS_FAILED",
  6: "ATTEMPT_STATUS_CANCELED",
  7: "ATTEMPT_STATUS_INTERRUPTED",
} as const;
const baton_v1_AttemptStatus_numbers: Readonly<Record<string, number>> = {
  ATTEMPT_STATUS_UNSPECIFIED: 0,
  ATTEMPT_STATUS_PENDING: 1,
  ATTEMPT_STATUS_EXECUTING: 2,
  ATTEMPT_STATUS_PAUSED: 3,
  ATTEMPT_STATUS_COMPLETED: 4,
  ATTEMPT_STATUS_FAILED: 5,
  ATTEMPT_STATUS_CANCELED: 6,
  ATTEMPT_STATUS_INTERRUPTED: 7,
};

const baton_v1_RunStatus_names = {
  0: "RUN_STATUS_UNSPECIFIED",
  1: "RUN_STATUS_PENDING_VERSION",
  2: "RUN_STATUS_DELAYED",
  3: "RUN_STATUS_QUEUED",
  4: "RUN_STATUS_DEQUEUED",
  5: "RUN_STATUS_EXECUTING",
  6: "RUN_STATUS_WAITING",
  7: "RUN_STATUS_REATTEMPTING",
  8: "RUN_STATUS_COMPLETED",
  9: "RUN_STATUS_FAILED",
  10: "RUN_STATUS_CRASHED",
  11: "RUN_STATUS_SYSTEM_FAILURE",
  12: "RUN_STATUS_TIMED_OUT",
  13: "RUN_STATUS_CANCELED",
  14: "RUN_STATUS_EXPIRED",
} as const;
const baton_v1_RunStatus_numbers: Readonly<Record<string, number>> = {
  RUN_STATUS_UNSPECIFIED: 0,
  RUN_STATUS_PENDING_VERSION: 1,
  RUN_STATUS_DELAYED: 2,
  RUN_STATUS_QUEUED: 3,
  RUN_STATUS_DEQUEUED: 4,
  RUN_STATUS_EXECUTING: 5,
  RUN_STATUS_WAITING: 6,
  RUN_STATUS_REATTEMPTING: 7,
  RUN_STATUS_COMPLETED: 8,
  RUN_STATUS_FAILED: 9,
  RUN_STATUS_CRASHED: 10,
  RUN_STATUS_SYSTEM_FAILURE: 11,
  RUN_STATUS_TIMED_OUT: 12,
  RUN_STATUS_CANCELED: 13,
  RUN_STATUS_EXPIRED: 14,
};

const baton_v1_HandBackReason_names = {
  0: "HAND_BACK_REASON_UNSPECIFIED",
  1: "HAND_BACK_REASON_NO_THREAD",
  2: "HAND_BACK_REASON_DRAINING",
  3: "HAND_BACK_REASON_VERSION_NOT_LOADED",
} as const;
const baton_v1_HandBackReason_numbers: Readonly<Record<string, number>> = {
  HAND_BACK_REASON_UNSPECIFIED: 0,
  HAND_BACK_REASON_NO_THREAD: 1,
  HAND_BACK_REASON_DRAINING: 2,
  HAND_BACK_REASON_VERSION_NOT_LOADED: 3,
};

const baton_v1_HeldState_names = {
  0: "HELD_STATE_UNSPECIFIED",
  1: "HELD_STATE_RECEIVED",
  2: "HELD_STATE_STARTED",
  3: "HELD_STATE_ENDED",
  4: "HELD_STATE_LINGERING",
} as const;
const baton_v1_HeldState_numbers: Readonly<Record<string, number>> = {
  HELD_STATE_UNSPECIFIED: 0,
  HELD_STATE_RECEIVED: 1,
  HELD_STATE_STARTED: 2,
  HELD_STATE_ENDED: 3,
  HELD_STATE_LINGERING: 4,
};

const baton_v1_LogLevel_names = {
  0: "LOG_LEVEL_UNSPECIFIED",
  1: "LOG_LEVEL_DEBUG",
  2: "LOG_LEVEL_LOG",
  3: "LOG_LEVEL_INFO",
  4: "LOG_LEVEL_WARN",
  5: "LOG_LEVEL_ERROR",
} as const;
const baton_v1_LogLevel_numbers: Readonly<Record<string, number>> = {
  LOG_LEVEL_UNSPECIFIED: 0,
  LOG_LEVEL_DEBUG: 1,
  LOG_LEVEL_LOG: 2,
  LOG_LEVEL_INFO: 3,
  LOG_LEVEL_WARN: 4,
  LOG_LEVEL_ERROR: 5,
};

const baton_v1_TriggerFunction_names = {
  0: "TRIGGER_FUNCTION_UNSPECIFIED",
  1: "TRIGGER_FUNCTION_TRIGGER",
  2: "TRIGGER_FUNCTION_BATCH_TRIGGER",
} as const;
const baton_v1_TriggerFunction_numbers: Readonly<Record<string, number>> = {
  TRIGGER_FUNCTION_UNSPECIFIED: 0,
  TRIGGER_FUNCTION_TRIGGER: 1,
  TRIGGER_FUNCTION_BATCH_TRIGGER: 2,
};

const baton_v1_TaskErrorType_names = {
  0: "TASK_ERROR_TYPE_UNSPECIFIED",
  1: "TASK_ERROR_TYPE_BUILT_IN",
  2: "TASK_ERROR_TYPE_STRING",
  3: "TASK_ERROR_TYPE_CUSTOM",
  4: "TASK_ERROR_TYPE_INTERNAL",
} as const;
const baton_v1_TaskErrorType_numbers: Readonly<Record<string, number>> = {
  TASK_ERROR_TYPE_UNSPECIFIED: 0,
  TASK_ERROR_TYPE_BUILT_IN: 1,
  TASK_ERROR_TYPE_STRING: 2,
  TASK_ERROR_TYPE_CUSTOM: 3,
  TASK_ERROR_TYPE_INTERNAL: 4,
};

const grpc_health_v1_HealthCheckResponse_ServingStatus_names = {
  0: "UNKNOWN",
  1: "SERVING",
  2: "NOT_SERVING",
  3: "SERVICE_UNKNOWN",
} as const;
const grpc_health_v1_HealthCheckResponse_ServingStatus_numbers: Readonly<Record<string, number>> = {
  UNKNOWN: 0,
  SERVING: 1,
  NOT_SERVING: 2,
  SERVICE_UNKNOWN: 3,
};

function write_baton_v1_AppendLogsRequest(message: baton_v1_AppendLogsRequest, writer: Writer): void {
  if (message.runs !== undefined) for (const value of message.runs) writeNested(write_baton_v1_RunLogs, value, 10, writer);
}

function read_baton_v1_AppendLogsRequest(reader: Reader, end: number, depth: number): baton_v1_AppendLogsRequest__Output {
  const message: baton_v1_AppendLogsRequest__Output = {
    runs: [],
  };
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.runs.push(readNested(reader, read_baton_v1_RunLogs, depth));
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  return message;
}

function write_baton_v1_AppendLogsResponse(message: baton_v1_AppendLogsResponse, writer: Writer): void {
}

function read_baton_v1_AppendLogsResponse(reader: Reader, end: number, depth: number): baton_v1_AppendLogsResponse__Output {
  const message: baton_v1_AppendLogsResponse__Output = {
  };
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      default:
        reader.skipType(tag & 7);
    }
  }
  return message;
}

function write_baton_v1_Assignment(message: baton_v1_Assignment, writer: Writer): void {
  if (message.runId !== undefined && message.runId !== "") writer.uint32(10).string(message.runId);
  if (message.attemptId !== undefined && message.attemptId !== "") writer.uint32(18).string(message.attemptId);
  if (message.attemptNumber !== undefined && message.attemptNumber !== 0) writer.uint32(24).uint32(message.attemptNumber);
  if (message.interruptionCount !== undefined && message.interruptionCount !== 0) writer.uint32(32).uint32(message.interruptionCount);
  if (message.taskId !== undefined && message.taskId !== "") writer.uint32(42).string(message.taskId);
  if (message.version !== undefined && message.version !== "") writer.uint32(50).string(message.version);
  if (message.machine !== undefined && message.machine !== "") writer.uint32(58).string(message.machine);
  if (message.maxDuration !== undefined && message.maxDuration !== null) writeNested(write_google_protobuf_Duration, message.maxDuration, 66, writer);
  if (message.maxAttempts !== undefined && message.maxAttempts !== 0) writer.uint32(72).int32(message.maxAttempts);
  if (message.payload !== undefined && message.payload !== "") writer.uint32(82).string(message.payload);
  if (message.queue !== undefined && message.queue !== "") writer.uint32(90).string(message.queue);
  if (message.priority !== undefined && message.priority !== 0) writer.uint32(97).double(Number(message.priority));
  if (message.tags !== undefined) for (const value of message.tags) writer.uint32(106).string(value);
  if (message.idempotencyKey !== undefined && message.idempotencyKey !== "") writer.uint32(114).string(message.idempotencyKey);
  if (message.createTime !== undefined && message.createTime !== null) writeNested(write_google_protobuf_Timestamp, message.createTime, 122, writer);
  if (message.startTime !== undefined && message.startTime !== null) writeNested(write_google_protobuf_Timestamp, message.startTime, 130, writer);
  if (message.parentRunId !== undefined && message.parentRunId !== "") writer.uint32(138).string(message.parentRunId);
  if (message.rootRunId !== undefined && message.rootRunId !== "") writer.uint32(146).string(message.rootRunId);
  if (message.depth !== undefined && message.depth !== 0) writer.uint32(152).uint32(message.depth);
  if (message.batchId !== undefined && message.batchId !== "") writer.uint32(162).string(message.batchId);
  if (message.isReplay !== undefined && message.isReplay !== false) writer.uint32(168).bool(message.isReplay);
  if (message.isTest !== undefined && message.isTest !== false) writer.uint32(176).bool(message.isTest);
  if (message.activeDuration !== undefined && message.activeDuration !== null) writeNested(write_google_protobuf_Duration, message.activeDuration, 186, writer);
  if (message.retry !== undefined && message.retry !== null) writeNested(write_baton_v1_RetryPolicy, message.retry, 194, writer);
  if (message.solo !== undefined && message.solo !== false) writer.uint32(200).bool(message.solo);
  if (message.payloadTypes !== undefined && message.payloadTypes !== "") writer.uint32(210).string(message.payloadTypes);
}

function read_baton_v1_Assignment(reader: Reader, end: number, depth: number): baton_v1_Assignment__Output {
  const message: baton_v1_Assignment__Output = {
    runId: "",
    attemptId: "",
    attemptNumber: 0,
    interruptionCount: 0,
    taskId: "",
    version: "",
    machine: "",
    maxDuration: null,
    maxAttempts: 0,
    payload: "",
    queue: "",
    priority: 0,
    tags: [],
    idempotencyKey: "",
    createTime: null,
    startTime: null,
    parentRunId: "",
    rootRunId: "",
    depth: 0,
    batchId: "",
    isReplay: false,
    isTest: false,
    activeDuration: null,
    retry: null,
    solo: false,
    payloadTypes: "",
  };
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.runId = reader.string();
        break;
      case 18:
        message.attemptId = reader.string();
        break;
      case 24:
        message.attemptNumber = reader.uint32();
        break;
      case 32:
        message.interruptionCount = reader.uint32();
        break;
      case 42:
        message.taskId = reader.string();
        break;
      case 50:
        message.version = reader.string();
        break;
      case 58:
        message.machine = reader.string();
        break;
      case 66:
        message.maxDuration = readNested(reader, read_google_protobuf_Duration, depth);
        break;
      case 72:
        message.maxAttempts = reader.int32();
        break;
      case 82:
        message.payload = reader.string();
        break;
      case 90:
        message.queue = reader.string();
        break;
      case 97:
        message.priority = reader.double();
        break;
      case 106:
        message.tags.push(reader.string());
        break;
      case 114:
        message.idempotencyKey = reader.string();
        break;
      case 122:
        message.createTime = readNested(reader, read_google_protobuf_Timestamp, depth);
        break;
      case 130:
        message.startTime = readNested(reader, read_google_protobuf_Timestamp, depth);
        break;
      case 138:
        message.parentRunId = reader.string();
        break;
      case 146:
        message.rootRunId = reader.string();
        break;
      case 152:
        message.depth = reader.uint32();
        break;
      case 162:
        message.batchId = reader.string();
        break;
      case 168:
        message.isReplay = reader.bool();
        break;
      case 176:
        message.isTest = reader.bool();
        break;
      case 186:
        message.activeDuration = readNested(reader, read_google_protobuf_Duration, depth);
        break;
      case 194:
        message.retry = readNested(reader, read_baton_v1_RetryPolicy, depth);
        break;
      case 200:
        message.solo = reader.bool();
        break;
      case 210:
        message.payloadTypes = reader.string();
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  return message;
}

function write_baton_v1_AttachRequest(message: baton_v1_AttachRequest, writer: Writer): void {
  if (message.hello !== undefined && message.hello !== null) writeNested(write_baton_v1_Hello, message.hello, 10, writer);
  if (message.report !== undefined && message.report !== null) writeNested(write_baton_v1_Report, message.report, 18, writer);
  if (message.versionsChanged !== undefined && message.versionsChanged !== null) writeNested(write_baton_v1_VersionsChanged, message.versionsChanged, 26, writer);
  if (message.draining !== undefined && message.draining !== null) writeNested(write_baton_v1_Draining, message.draining, 34, writer);
}

function read_baton_v1_AttachRequest(reader: Reader, end: number, depth: number): baton_v1_AttachRequest__Output {
  const message: baton_v1_AttachRequest__Output = {
  };
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.hello = readNested(reader, read_baton_v1_Hello, depth);
        if (message.message !== undefined && message.message !== "hello") delete message[message.message];
        message.message = "hello";
        break;
      case 18:
        message.report = readNested(reader, read_baton_v1_Report, depth);
        if (message.message !== undefined && message.message !== "report") delete message[message.message];
        message.message = "report";
        break;
      case 26:
        message.versionsChanged = readNested(reader, read_baton_v1_VersionsChanged, depth);
        if (message.message !== undefined && message.message !== "versionsChanged") delete message[message.message];
        message.message = "versionsChanged";
        break;
      case 34:
        message.draining = readNested(reader, read_baton_v1_Draining, depth);
        if (message.message !== undefined && message.message !== "draining") delete message[message.message];
        message.message = "draining";
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  return message;
}

function write_baton_v1_AttachResponse(message: baton_v1_AttachResponse, writer: Writer): void {
  if (message.welcome !== undefined && message.welcome !== null) writeNested(write_baton_v1_Welcome, message.welcome, 10, writer);
  if (message.dispatch !== undefined && message.dispatch !== null) writeNested(write_baton_v1_Dispatch, message.dispatch, 18, writer);
}

function read_baton_v1_AttachResponse(reader: Reader, end: number, depth: number): baton_v1_AttachResponse__Output {
  const message: baton_v1_AttachResponse__Output = {
  };
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.welcome = readNested(reader, read_baton_v1_Welcome, depth);
        if (message.message !== undefined && message.message !== "welcome") delete message[message.message];
        message.message = "welcome";
        break;
      case 18:
        message.dispatch = readNested(reader, read_baton_v1_Dispatch, depth);
        if (message.message !== undefined && message.message !== "dispatch") delete message[message.message];
        message.message = "dispatch";
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  return message;
}

function write_baton_v1_Attempt(message: baton_v1_Attempt, writer: Writer): void {
  if (message.id !== undefined && message.id !== "") writer.uint32(10).string(message.id);
  if (message.number !== undefined && message.number !== 0) writer.uint32(16).uint32(message.number);
  if (message.status !== undefined && message.status !== 0 && message.status !== "ATTEMPT_STATUS_UNSPECIFIED") writer.uint32(24).int32(enumNumber(baton_v1_AttemptStatus_numbers, message.status));
  if (message.runnerId !== undefined && message.runnerId !== "") writer.uint32(34).string(message.runnerId);
  if (message.machine !== undefined && message.machine !== "") writer.uint32(42).string(message.machine);
  if (message.startTime !== undefined && message.startTime !== null) writeNested(write_google_protobuf_Timestamp, message.startTime, 50, writer);
  if (message.endTime !== undefined && message.endTime !== null) writeNested(write_google_protobuf_Timestamp, message.endTime, 58, writer);
  if (message.activeDuration !== undefined && message.activeDuration !== null) writeNested(write_google_protobuf_Duration, message.activeDuration, 66, writer);
  if (message.error !== undefined && message.error !== null) writeNested(write_baton_v1_TaskError, message.error, 74, writer);
  if (message.stopLateness !== undefined && message.stopLateness !== null) writeNested(write_google_protobuf_Duration, message.stopLateness, 82, writer);
  if (message.usage !== undefined && message.usage !== null) writeNested(write_baton_v1_AttemptUsage, message.usage, 90, writer);
}

function read_baton_v1_Attempt(reader: Reader, end: number, depth: number): baton_v1_Attempt__Output {
  const message: baton_v1_Attempt__Output = {
    id: "",
    number: 0,
    status: "ATTEMPT_STATUS_UNSPECIFIED",
    runnerId: "",
    machine: "",
    startTime: null,
    endTime: null,
    activeDuration: null,
    error: null,
    stopLateness: null,
    usage: null,
  };
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.id = reader.string();
        break;
      case 16:
        message.number = reader.uint32();
        break;
      case 24:
        message.status = readEnum(baton_v1_AttemptStatus_names, reader);
        break;
      case 34:
        message.runnerId = reader.string();
        break;
      case 42:
        message.machine = reader.string();
        break;
      case 50:
        message.startTime = readNested(reader, read_google_protobuf_Timestamp, depth);
        break;
      case 58:
        message.endTime = readNested(reader, read_google_protobuf_Timestamp, depth);
        break;
      case 66:
        message.activeDuration = readNested(reader, read_google_protobuf_Duration, depth);
        break;
      case 74:
        message.error = readNested(reader, read_baton_v1_TaskError, depth);
        break;
      case 82:
        message.stopLateness = readNested(reader, read_google_protobuf_Duration, depth);
        break;
      case 90:
        message.usage = readNested(reader, read_baton_v1_AttemptUsage, depth);
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  return message;
}

function write_baton_v1_AttemptOutcome(message: baton_v1_AttemptOutcome, writer: Writer): void {
  if (message.runId !== undefined && message.runId !== "") writer.uint32(10).string(message.runId);
  if (message.attemptId !== undefined && message.attemptId !== "") writer.uint32(18).string(message.attemptId);
  if (message.startTime !== undefined && message.startTime !== null) writeNested(write_google_protobuf_Timestamp, message.startTime, 26, writer);
  if (message.activeDuration !== undefined && message.activeDuration !== null) writeNested(write_google_protobuf_Duration, message.activeDuration, 34, writer);
  if (message.threadLingers !== undefined && message.threadLingers !== false) writer.uint32(40).bool(message.threadLingers);
  if (message.stopLateness !== undefined && message.stopLateness !== null) writeNested(write_google_protobuf_Duration, message.stopLateness, 50, writer);
  if (message.success !== undefined && message.success !== null) writeNested(write_baton_v1_Success, message.success, 58, writer);
  if (message.failure !== undefined && message.failure !== null) writeNested(write_baton_v1_Failure, message.failure, 66, writer);
  if (message.interruption !== undefined && message.interruption !== null) writeNested(write_baton_v1_Interruption, message.interruption, 74, writer);
  if (message.endTime !== undefined && message.endTime !== null) writeNested(write_google_protobuf_Timestamp, message.endTime, 82, writer);
  if (message.logsFollow !== undefined && message.logsFollow !== false) writer.uint32(88).bool(message.logsFollow);
  if (message.usage !== undefined && message.usage !== null) writeNested(write_baton_v1_AttemptUsage, message.usage, 98, writer);
}

function read_baton_v1_AttemptOutcome(reader: Reader, end: number, depth: number): baton_v1_AttemptOutcome__Output {
  const message: baton_v1_AttemptOutcome__Output = {
    runId: "",
    attemptId: "",
    startTime: null,
    activeDuration: null,
    threadLingers: false,
    stopLateness: null,
    endTime: null,
    logsFollow: false,
    usage: null,
  };
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.runId = reader.string();
        break;
      case 18:
        message.attemptId = reader.string();
        break;
      case 26:
        message.startTime = readNested(reader, read_google_protobuf_Timestamp, depth);
        break;
      case 34:
        message.activeDuration = readNested(reader, read_google_protobuf_Duration, depth);
        break;
      case 40:
        message.threadLingers = reader.bool();
        break;
      case 50:
        message.stopLateness = readNested(reader, read_google_protobuf_Duration, depth);
        break;
      case 58:
        message.success = readNested(reader, read_baton_v1_Success, depth);
        if (message.end !== undefined && message.end !== "success") delete message[message.end];
        message.end = "success";
        break;
      case 66:
        message.failure = readNested(reader, read_baton_v1_Failure, depth);
        if (message.end !== undefined && message.end !== "failure") delete message[message.end];
        message.end = "failure";
        break;
      case 74:
        message.interruption = readNested(reader, read_baton_v1_Interruption, depth);
        if (message.end !== undefined && message.end !== "interruption") delete message[message.end];
        message.end = "interruption";
        break;
      case 82:
        message.endTime = readNested(reader, read_google_protobuf_Timestamp, depth);
        break;
      case 88:
        message.logsFollow = reader.bool();
        break;
      case 98:
        message.usage = readNested(reader, read_baton_v1_AttemptUsage, depth);
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  return message;
}

function write_baton_v1_AttemptStarted(message: baton_v1_AttemptStarted, writer: Writer): void {
  if (message.runId !== undefined && message.runId !== "") writer.uint32(10).string(message.runId);
  if (message.attemptId !== undefined && message.attemptId !== "") writer.uint32(18).string(message.attemptId);
  if (message.startTime !== undefined && message.startTime !== null) writeNested(write_google_protobuf_Timestamp, message.startTime, 26, writer);
}

function read_baton_v1_AttemptStarted(reader: Reader, end: number, depth: number): baton_v1_AttemptStarted__Output {
  const message: baton_v1_AttemptStarted__Output = {
    runId: "",
    attemptId: "",
    startTime: null,
  };
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.runId = reader.string();
        break;
      case 18:
        message.attemptId = reader.string();
        break;
      case 26:
        message.startTime = readNested(reader, read_google_protobuf_Timestamp, depth);
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  return message;
}

function write_baton_v1_AttemptUsage(message: baton_v1_AttemptUsage, writer: Writer): void {
  if (message.cpuDuration !== undefined && message.cpuDuration !== null) writeNested(write_google_protobuf_Duration, message.cpuDuration, 10, writer);
  if (message.peakHeapBytes !== undefined) writeInteger64(writer.uint32(16), message.peakHeapBytes);
  if (message.peakExternalBytes !== undefined) writeInteger64(writer.uint32(24), message.peakExternalBytes);
}

function read_baton_v1_AttemptUsage(reader: Reader, end: number, depth: number): baton_v1_AttemptUsage__Output {
  const message: baton_v1_AttemptUsage__Output = {
    cpuDuration: null,
  };
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.cpuDuration = readNested(reader, read_google_protobuf_Duration, depth);
        break;
      case 16:
        message.peakHeapBytes = readUnsigned64(reader);
        message._peakHeapBytes = "peakHeapBytes";
        break;
      case 24:
        message.peakExternalBytes = readUnsigned64(reader);
        message._peakExternalBytes = "peakExternalBytes";
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  return message;
}

function write_baton_v1_BatchTriggerRequest(message: baton_v1_BatchTriggerRequest, writer: Writer): void {
  if (message.batchId !== undefined && message.batchId !== "") writer.uint32(10).string(message.batchId);
  if (message.items !== undefined) for (const value of message.items) writeNested(write_baton_v1_TriggerItem, value, 18, writer);
}

function read_baton_v1_BatchTriggerRequest(reader: Reader, end: number, depth: number): baton_v1_BatchTriggerRequest__Output {
  const message: baton_v1_BatchTriggerRequest__Output = {
    batchId: "",
    items: [],
  };
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.batchId = reader.string();
        break;
      case 18:
        message.items.push(readNested(reader, read_baton_v1_TriggerItem, depth));
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  return message;
}

function write_baton_v1_BatchTriggerResponse(message: baton_v1_BatchTriggerResponse, writer: Writer): void {
  if (message.batchId !== undefined && message.batchId !== "") writer.uint32(10).string(message.batchId);
  if (message.runs !== undefined) for (const value of message.runs) writeNested(write_baton_v1_TriggeredRun, value, 18, writer);
}

function read_baton_v1_BatchTriggerResponse(reader: Reader, end: number, depth: number): baton_v1_BatchTriggerResponse__Output {
  const message: baton_v1_BatchTriggerResponse__Output = {
    batchId: "",
    runs: [],
  };
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.batchId = reader.string();
        break;
      case 18:
        message.runs.push(readNested(reader, read_baton_v1_TriggeredRun, depth));
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  return message;
}

function write_baton_v1_CancelAttempt(message: baton_v1_CancelAttempt, writer: Writer): void {
  if (message.runId !== undefined && message.runId !== "") writer.uint32(10).string(message.runId);
  if (message.attemptId !== undefined && message.attemptId !== "") writer.uint32(18).string(message.attemptId);
  if (message.reason !== undefined && message.reason !== "") writer.uint32(26).string(message.reason);
}

function read_baton_v1_CancelAttempt(reader: Reader, end: number, depth: number): baton_v1_CancelAttempt__Output {
  const message: baton_v1_CancelAttempt__Output = {
    runId: "",
    attemptId: "",
    reason: "",
  };
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.runId = reader.string();
        break;
      case 18:
        message.attemptId = reader.string();
        break;
      case 26:
        message.reason = reader.string();
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  return message;
}

function write_baton_v1_CancelRunRequest(message: baton_v1_CancelRunRequest, writer: Writer): void {
  if (message.runId !== undefined && message.runId !== "") writer.uint32(10).string(message.runId);
  if (message.reason !== undefined && message.reason !== "") writer.uint32(18).string(message.reason);
}

function read_baton_v1_CancelRunRequest(reader: Reader, end: number, depth: number): baton_v1_CancelRunRequest__Output {
  const message: baton_v1_CancelRunRequest__Output = {
    runId: "",
    reason: "",
  };
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.runId = reader.string();
        break;
      case 18:
        message.reason = reader.string();
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  return message;
}

function write_baton_v1_CancelRunResponse(message: baton_v1_CancelRunResponse, writer: Writer): void {
  if (message.runId !== undefined && message.runId !== "") writer.uint32(10).string(message.runId);
  if (message.status !== undefined && message.status !== 0 && message.status !== "RUN_STATUS_UNSPECIFIED") writer.uint32(16).int32(enumNumber(baton_v1_RunStatus_numbers, message.status));
}

function read_baton_v1_CancelRunResponse(reader: Reader, end: number, depth: number): baton_v1_CancelRunResponse__Output {
  const message: baton_v1_CancelRunResponse__Output = {
    runId: "",
    status: "RUN_STATUS_UNSPECIFIED",
  };
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.runId = reader.string();
        break;
      case 16:
        message.status = readEnum(baton_v1_RunStatus_names, reader);
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  return message;
}

function write_baton_v1_Capacity(message: baton_v1_Capacity, writer: Writer): void {
  if (message.concurrency !== undefined && message.concurrency !== 0) writer.uint32(8).uint32(message.concurrency);
  if (message.cpu !== undefined && message.cpu !== 0) writer.uint32(17).double(Number(message.cpu));
  if (message.memoryGb !== undefined && message.memoryGb !== 0) writer.uint32(25).double(Number(message.memoryGb));
  if (message.overcommit !== undefined && message.overcommit !== false) writer.uint32(32).bool(message.overcommit);
}

function read_baton_v1_Capacity(reader: Reader, end: number, depth: number): baton_v1_Capacity__Output {
  const message: baton_v1_Capacity__Output = {
    concurrency: 0,
    cpu: 0,
    memoryGb: 0,
    overcommit: false,
  };
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 8:
        message.concurrency = reader.uint32();
        break;
      case 17:
        message.cpu = reader.double();
        break;
      case 25:
        message.memoryGb = reader.double();
        break;
      case 32:
        message.overcommit = reader.bool();
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  return message;
}

function write_baton_v1_Dispatch(message: baton_v1_Dispatch, writer: Writer): void {
  if (message.sequence !== undefined && message.sequence !== 0) writeInteger64(writer.uint32(8), message.sequence);
  if (message.assignments !== undefined) for (const value of message.assignments) writeNested(write_baton_v1_Assignment, value, 18, writer);
  if (message.cancels !== undefined) for (const value of message.cancels) writeNested(write_baton_v1_CancelAttempt, value, 26, writer);
  if (message.settledAttemptIds !== undefined) for (const value of message.settledAttemptIds) writer.uint32(34).string(value);
  if (message.stopAttemptIds !== undefined) for (const value of message.stopAttemptIds) writer.uint32(42).string(value);
}

function read_baton_v1_Dispatch(reader: Reader, end: number, depth: number): baton_v1_Dispatch__Output {
  const message: baton_v1_Dispatch__Output = {
    sequence: 0,
    assignments: [],
    cancels: [],
    settledAttemptIds: [],
    stopAttemptIds: [],
  };
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 8:
        message.sequence = readUnsigned64(reader);
        break;
      case 18:
        message.assignments.push(readNested(reader, read_baton_v1_Assignment, depth));
        break;
      case 26:
        message.cancels.push(readNested(reader, read_baton_v1_CancelAttempt, depth));
        break;
      case 34:
        message.settledAttemptIds.push(reader.string());
        break;
      case 42:
        message.stopAttemptIds.push(reader.string());
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  return message;
}

function write_baton_v1_Draining(message: baton_v1_Draining, writer: Writer): void {
}

function read_baton_v1_Draining(reader: Reader, end: number, depth: number): baton_v1_Draining__Output {
  const message: baton_v1_Draining__Output = {
  };
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      default:
        reader.skipType(tag & 7);
    }
  }
  return message;
}

function write_baton_v1_Failure(message: baton_v1_Failure, writer: Writer): void {
  if (message.error !== undefined && message.error !== null) writeNested(write_baton_v1_TaskError, message.error, 10, writer);
  if (message.retryAfter !== undefined && message.retryAfter !== null) writeNested(write_google_protobuf_Duration, message.retryAfter, 18, writer);
  if (message.finalStatus !== undefined) writer.uint32(24).int32(enumNumber(baton_v1_RunStatus_numbers, message.finalStatus));
  if (message.policyElse !== undefined) writer.uint32(32).int32(enumNumber(baton_v1_RunStatus_numbers, message.policyElse));
}

function read_baton_v1_Failure(reader: Reader, end: number, depth: number): baton_v1_Failure__Output {
  const message: baton_v1_Failure__Output = {
    error: null,
  };
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.error = readNested(reader, read_baton_v1_TaskError, depth);
        break;
      case 18:
        message.retryAfter = readNested(reader, read_google_protobuf_Duration, depth);
        if (message.decision !== undefined && message.decision !== "retryAfter") delete message[message.decision];
        message.decision = "retryAfter";
        break;
      case 24:
        message.finalStatus = readEnum(baton_v1_RunStatus_names, reader);
        if (message.decision !== undefined && message.decision !== "finalStatus") delete message[message.decision];
        message.decision = "finalStatus";
        break;
      case 32:
        message.policyElse = readEnum(baton_v1_RunStatus_names, reader);
        if (message.decision !== undefined && message.decision !== "policyElse") delete message[message.decision];
        message.decision = "policyElse";
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  return message;
}

function write_baton_v1_FindRunsRequest(message: baton_v1_FindRunsRequest, writer: Writer): void {
  if (message.idPrefix !== undefined && message.idPrefix !== "") writer.uint32(10).string(message.idPrefix);
  if (message.pageSize !== undefined && message.pageSize !== 0) writer.uint32(16).int32(message.pageSize);
}

function read_baton_v1_FindRunsRequest(reader: Reader, end: number, depth: number): baton_v1_FindRunsRequest__Output {
  const message: baton_v1_FindRunsRequest__Output = {
    idPrefix: "",
    pageSize: 0,
  };
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.idPrefix = reader.string();
        break;
      case 16:
        message.pageSize = reader.int32();
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  return message;
}

function write_baton_v1_FindRunsResponse(message: baton_v1_FindRunsResponse, writer: Writer): void {
  if (message.runs !== undefined) for (const value of message.runs) writeNested(write_baton_v1_Run, value, 10, writer);
  if (message.hasMore !== undefined && message.hasMore !== false) writer.uint32(16).bool(message.hasMore);
}

function read_baton_v1_FindRunsResponse(reader: Reader, end: number, depth: number): baton_v1_FindRunsResponse__Output {
  const message: baton_v1_FindRunsResponse__Output = {
    runs: [],
    hasMore: false,
  };
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.runs.push(readNested(reader, read_baton_v1_Run, depth));
        break;
      case 16:
        message.hasMore = reader.bool();
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  return message;
}

function write_baton_v1_GetRunRequest(message: baton_v1_GetRunRequest, writer: Writer): void {
  if (message.runId !== undefined && message.runId !== "") writer.uint32(10).string(message.runId);
}

function read_baton_v1_GetRunRequest(reader: Reader, end: number, depth: number): baton_v1_GetRunRequest__Output {
  const message: baton_v1_GetRunRequest__Output = {
    runId: "",
  };
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.runId = reader.string();
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  return message;
}

function write_baton_v1_GetRunResponse(message: baton_v1_GetRunResponse, writer: Writer): void {
  if (message.run !== undefined && message.run !== null) writeNested(write_baton_v1_Run, message.run, 10, writer);
}

function read_baton_v1_GetRunResponse(reader: Reader, end: number, depth: number): baton_v1_GetRunResponse__Output {
  const message: baton_v1_GetRunResponse__Output = {
    run: null,
  };
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.run = readNested(reader, read_baton_v1_Run, depth);
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  return message;
}

function write_baton_v1_HandedBack(message: baton_v1_HandedBack, writer: Writer): void {
  if (message.runId !== undefined && message.runId !== "") writer.uint32(10).string(message.runId);
  if (message.attemptId !== undefined && message.attemptId !== "") writer.uint32(18).string(message.attemptId);
  if (message.reason !== undefined && message.reason !== 0 && message.reason !== "HAND_BACK_REASON_UNSPECIFIED") writer.uint32(24).int32(enumNumber(baton_v1_HandBackReason_numbers, message.reason));
}

function read_baton_v1_HandedBack(reader: Reader, end: number, depth: number): baton_v1_HandedBack__Output {
  const message: baton_v1_HandedBack__Output = {
    runId: "",
    attemptId: "",
    reason: "HAND_BACK_REASON_UNSPECIFIED",
  };
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.runId = reader.string();
        break;
      case 18:
        message.attemptId = reader.string();
        break;
      case 24:
        message.reason = readEnum(baton_v1_HandBackReason_names, reader);
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  return message;
}

function write_baton_v1_HeldAttempt(message: baton_v1_HeldAttempt, writer: Writer): void {
  if (message.runId !== undefined && message.runId !== "") writer.uint32(10).string(message.runId);
  if (message.attemptId !== undefined && message.attemptId !== "") writer.uint32(18).string(message.attemptId);
  if (message.state !== undefined && message.state !== 0 && message.state !== "HELD_STATE_UNSPECIFIED") writer.uint32(24).int32(enumNumber(baton_v1_HeldState_numbers, message.state));
}

function read_baton_v1_HeldAttempt(reader: Reader, end: number, depth: number): baton_v1_HeldAttempt__Output {
  const message: baton_v1_HeldAttempt__Output = {
    runId: "",
    attemptId: "",
    state: "HELD_STATE_UNSPECIFIED",
  };
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.runId = reader.string();
        break;
      case 18:
        message.attemptId = reader.string();
        break;
      case 24:
        message.state = readEnum(baton_v1_HeldState_names, reader);
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  return message;
}

function write_baton_v1_Hello(message: baton_v1_Hello, writer: Writer): void {
  if (message.runnerId !== undefined && message.runnerId !== "") writer.uint32(10).string(message.runnerId);
  if (message.session !== undefined && message.session !== 0) writer.uint32(16).uint32(message.session);
  if (message.capacity !== undefined && message.capacity !== null) writeNested(write_baton_v1_Capacity, message.capacity, 26, writer);
  if (message.versions !== undefined) for (const value of message.versions) writer.uint32(34).string(value);
  if (message.held !== undefined) for (const value of message.held) writeNested(write_baton_v1_HeldAttempt, value, 42, writer);
  if (message.hostname !== undefined && message.hostname !== "") writer.uint32(50).string(message.hostname);
  if (message.pid !== undefined && message.pid !== 0) writer.uint32(56).uint32(message.pid);
  if (message.draining !== undefined && message.draining !== false) writer.uint32(64).bool(message.draining);
  if (message.key !== undefined && message.key !== "") writer.uint32(74).string(message.key);
}

function read_baton_v1_Hello(reader: Reader, end: number, depth: number): baton_v1_Hello__Output {
  const message: baton_v1_Hello__Output = {
    runnerId: "",
    session: 0,
    capacity: null,
    versions: [],
    held: [],
    hostname: "",
    pid: 0,
    draining: false,
    key: "",
  };
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.runnerId = reader.string();
        break;
      case 16:
        message.session = reader.uint32();
        break;
      case 26:
        message.capacity = readNested(reader, read_baton_v1_Capacity, depth);
        break;
      case 34:
        message.versions.push(reader.string());
        break;
      case 42:
        message.held.push(readNested(reader, read_baton_v1_HeldAttempt, depth));
        break;
      case 50:
        message.hostname = reader.string();
        break;
      case 56:
        message.pid = reader.uint32();
        break;
      case 64:
        message.draining = reader.bool();
        break;
      case 74:
        message.key = reader.string();
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  return message;
}

function write_baton_v1_Interruption(message: baton_v1_Interruption, writer: Writer): void {
  if (message.code !== undefined && message.code !== "") writer.uint32(10).string(message.code);
  if (message.message !== undefined && message.message !== "") writer.uint32(18).string(message.message);
  if (message.suspect !== undefined && message.suspect !== false) writer.uint32(24).bool(message.suspect);
}

function read_baton_v1_Interruption(reader: Reader, end: number, depth: number): baton_v1_Interruption__Output {
  const message: baton_v1_Interruption__Output = {
    code: "",
    message: "",
    suspect: false,
  };
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.code = reader.string();
        break;
      case 18:
        message.message = reader.string();
        break;
      case 24:
        message.suspect = reader.bool();
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  return message;
}

function write_baton_v1_ItemError(message: baton_v1_ItemError, writer: Writer): void {
  if (message.status !== undefined && message.status !== 0) writer.uint32(8).int32(message.status);
  if (message.code !== undefined && message.code !== "") writer.uint32(18).string(message.code);
  if (message.message !== undefined && message.message !== "") writer.uint32(26).string(message.message);
  if (message.field !== undefined && message.field !== "") writer.uint32(34).string(message.field);
  if (message.retryDelay !== undefined && message.retryDelay !== null) writeNested(write_google_protobuf_Duration, message.retryDelay, 42, writer);
}

function read_baton_v1_ItemError(reader: Reader, end: number, depth: number): baton_v1_ItemError__Output {
  const message: baton_v1_ItemError__Output = {
    status: 0,
    code: "",
    message: "",
    field: "",
    retryDelay: null,
  };
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 8:
        message.status = reader.int32();
        break;
      case 18:
        message.code = reader.string();
        break;
      case 26:
        message.message = reader.string();
        break;
      case 34:
        message.field = reader.string();
        break;
      case 42:
        message.retryDelay = readNested(reader, read_google_protobuf_Duration, depth);
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  return message;
}

function write_baton_v1_ListRunsRequest(message: baton_v1_ListRunsRequest, writer: Writer): void {
  if (message.statuses !== undefined && message.statuses.length > 0) {
    writer.uint32(10).fork();
    for (const value of message.statuses) writer.int32(enumNumber(baton_v1_RunStatus_numbers, value));
    writer.ldelim();
  }
  if (message.taskIds !== undefined) for (const value of message.taskIds) writer.uint32(18).string(value);
  if (message.versions !== undefined) for (const value of message.versions) writer.uint32(26).string(value);
  if (message.tags !== undefined) for (const value of message.tags) writer.uint32(34).string(value);
  if (message.queues !== undefined) for (const value of message.queues) writer.uint32(42).string(value);
  if (message.machines !== undefined) for (const value of message.machines) writer.uint32(50).string(value);
  if (message.batchId !== undefined && message.batchId !== "") writer.uint32(58).string(message.batchId);
  if (message.parentRunId !== undefined && message.parentRunId !== "") writer.uint32(66).string(message.parentRunId);
  if (message.isTest !== undefined) writer.uint32(72).bool(message.isTest);
  if (message.fromTime !== undefined && message.fromTime !== null) writeNested(write_google_protobuf_Timestamp, message.fromTime, 82, writer);
  if (message.toTime !== undefined && message.toTime !== null) writeNested(write_google_protobuf_Timestamp, message.toTime, 90, writer);
  if (message.pageSize !== undefined && message.pageSize !== 0) writer.uint32(96).int32(message.pageSize);
  if (message.pageToken !== undefined && message.pageToken !== "") writer.uint32(106).string(message.pageToken);
}

function read_baton_v1_ListRunsRequest(reader: Reader, end: number, depth: number): baton_v1_ListRunsRequest__Output {
  const message: baton_v1_ListRunsRequest__Output = {
    statuses: [],
    taskIds: [],
    versions: [],
    tags: [],
    queues: [],
    machines: [],
    batchId: "",
    parentRunId: "",
    fromTime: null,
    toTime: null,
    pageSize: 0,
    pageToken: "",
  };
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 8:
        message.statuses.push(readEnum(baton_v1_RunStatus_names, reader));
        break;
      case 10: {
        const last = reader.uint32() + reader.pos;
        while (reader.pos < last) message.statuses.push(readEnum(baton_v1_RunStatus_names, reader));
        break;
      }
      case 18:
        message.taskIds.push(reader.string());
        break;
      case 26:
        message.versions.push(reader.string());
        break;
      case 34:
        message.tags.push(reader.string());
        break;
      case 42:
        message.queues.push(reader.string());
        break;
      case 50:
        message.machines.push(reader.string());
        break;
      case 58:
        message.batchId = reader.string();
        break;
      case 66:
        message.parentRunId = reader.string();
        break;
      case 72:
        message.isTest = reader.bool();
        message._isTest = "isTest";
        break;
      case 82:
        message.fromTime = readNested(reader, read_google_protobuf_Timestamp, depth);
        break;
      case 90:
        message.toTime = readNested(reader, read_google_protobuf_Timestamp, depth);
        break;
      case 96:
        message.pageSize = reader.int32();
        break;
      case 106:
        message.pageToken = reader.string();
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  return message;
}

function write_baton_v1_ListRunsResponse(message: baton_v1_ListRunsResponse, writer: Writer): void {
  if (message.runs !== undefined) for (const value of message.runs) writeNested(write_baton_v1_Run, value, 10, writer);
  if (message.nextPageToken !== undefined && message.nextPageToken !== "") writer.uint32(18).string(message.nextPageToken);
  if (message.previousPageToken !== undefined && message.previousPageToken !== "") writer.uint32(26).string(message.previousPageToken);
}

function read_baton_v1_ListRunsResponse(reader: Reader, end: number, depth: number): baton_v1_ListRunsResponse__Output {
  const message: baton_v1_ListRunsResponse__Output = {
    runs: [],
    nextPageToken: "",
    previousPageToken: "",
  };
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.runs.push(readNested(reader, read_baton_v1_Run, depth));
        break;
      case 18:
        message.nextPageToken = reader.string();
        break;
      case 26:
        message.previousPageToken = reader.string();
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  return message;
}

function write_baton_v1_ListTasksRequest(message: baton_v1_ListTasksRequest, writer: Writer): void {
}

function read_baton_v1_ListTasksRequest(reader: Reader, end: number, depth: number): baton_v1_ListTasksRequest__Output {
  const message: baton_v1_ListTasksRequest__Output = {
  };
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      default:
        reader.skipType(tag & 7);
    }
  }
  return message;
}

function write_baton_v1_ListTasksResponse(message: baton_v1_ListTasksResponse, writer: Writer): void {
  if (message.tasks !== undefined) for (const value of message.tasks) writeNested(write_baton_v1_RegisteredTask, value, 10, writer);
}

function read_baton_v1_ListTasksResponse(reader: Reader, end: number, depth: number): baton_v1_ListTasksResponse__Output {
  const message: baton_v1_ListTasksResponse__Output = {
    tasks: [],
  };
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.tasks.push(readNested(reader, read_baton_v1_RegisteredTask, depth));
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  return message;
}

function write_baton_v1_LogEntry(message: baton_v1_LogEntry, writer: Writer): void {
  if (message.time !== undefined && message.time !== null) writeNested(write_google_protobuf_Timestamp, message.time, 10, writer);
  if (message.level !== undefined && message.level !== 0 && message.level !== "LOG_LEVEL_UNSPECIFIED") writer.uint32(16).int32(enumNumber(baton_v1_LogLevel_numbers, message.level));
  if (message.message !== undefined && message.message !== "") writer.uint32(26).string(message.message);
  if (message.properties !== undefined && message.properties !== "") writer.uint32(34).string(message.properties);
  if (message.attemptNumber !== undefined && message.attemptNumber !== 0) writer.uint32(40).uint32(message.attemptNumber);
  if (message.attemptId !== undefined && message.attemptId !== "") writer.uint32(50).string(message.attemptId);
}

function read_baton_v1_LogEntry(reader: Reader, end: number, depth: number): baton_v1_LogEntry__Output {
  const message: baton_v1_LogEntry__Output = {
    time: null,
    level: "LOG_LEVEL_UNSPECIFIED",
    message: "",
    properties: "",
    attemptNumber: 0,
    attemptId: "",
  };
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.time = readNested(reader, read_google_protobuf_Timestamp, depth);
        break;
      case 16:
        message.level = readEnum(baton_v1_LogLevel_names, reader);
        break;
      case 26:
        message.message = reader.string();
        break;
      case 34:
        message.properties = reader.string();
        break;
      case 40:
        message.attemptNumber = reader.uint32();
        break;
      case 50:
        message.attemptId = reader.string();
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  return message;
}

function write_baton_v1_ReadLogsRequest(message: baton_v1_ReadLogsRequest, writer: Writer): void {
  if (message.runId !== undefined && message.runId !== "") writer.uint32(10).string(message.runId);
  if (message.follow !== undefined && message.follow !== false) writer.uint32(16).bool(message.follow);
}

function read_baton_v1_ReadLogsRequest(reader: Reader, end: number, depth: number): baton_v1_ReadLogsRequest__Output {
  const message: baton_v1_ReadLogsRequest__Output = {
    runId: "",
    follow: false,
  };
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.runId = reader.string();
        break;
      case 16:
        message.follow = reader.bool();
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  return message;
}

function write_baton_v1_ReadLogsResponse(message: baton_v1_ReadLogsResponse, writer: Writer): void {
  if (message.entries !== undefined) for (const value of message.entries) writeNested(write_baton_v1_LogEntry, value, 10, writer);
}

function read_baton_v1_ReadLogsResponse(reader: Reader, end: number, depth: number): baton_v1_ReadLogsResponse__Output {
  const message: baton_v1_ReadLogsResponse__Output = {
    entries: [],
  };
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.entries.push(readNested(reader, read_baton_v1_LogEntry, depth));
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  return message;
}

function write_baton_v1_RegisterVersionRequest(message: baton_v1_RegisterVersionRequest, writer: Writer): void {
  if (message.hash !== undefined && message.hash !== "") writer.uint32(10).string(message.hash);
  if (message.tasks !== undefined) for (const value of message.tasks) writeNested(write_baton_v1_TaskDefinition, value, 18, writer);
}

function read_baton_v1_RegisterVersionRequest(reader: Reader, end: number, depth: number): baton_v1_RegisterVersionRequest__Output {
  const message: baton_v1_RegisterVersionRequest__Output = {
    hash: "",
    tasks: [],
  };
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.hash = reader.string();
        break;
      case 18:
        message.tasks.push(readNested(reader, read_baton_v1_TaskDefinition, depth));
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  return message;
}

function write_baton_v1_RegisterVersionResponse(message: baton_v1_RegisterVersionResponse, writer: Writer): void {
  if (message.version !== undefined && message.version !== "") writer.uint32(10).string(message.version);
}

function read_baton_v1_RegisterVersionResponse(reader: Reader, end: number, depth: number): baton_v1_RegisterVersionResponse__Output {
  const message: baton_v1_RegisterVersionResponse__Output = {
    version: "",
  };
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.version = reader.string();
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  return message;
}

function write_baton_v1_RegisteredTask(message: baton_v1_RegisteredTask, writer: Writer): void {
  if (message.definition !== undefined && message.definition !== null) writeNested(write_baton_v1_TaskDefinition, message.definition, 10, writer);
  if (message.version !== undefined && message.version !== "") writer.uint32(18).string(message.version);
  if (message.registerTime !== undefined && message.registerTime !== null) writeNested(write_google_protobuf_Timestamp, message.registerTime, 26, writer);
  if (message.runnerCount !== undefined && message.runnerCount !== 0) writer.uint32(32).uint32(message.runnerCount);
}

function read_baton_v1_RegisteredTask(reader: Reader, end: number, depth: number): baton_v1_RegisteredTask__Output {
  const message: baton_v1_RegisteredTask__Output = {
    definition: null,
    version: "",
    registerTime: null,
    runnerCount: 0,
  };
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.definition = readNested(reader, read_baton_v1_TaskDefinition, depth);
        break;
      case 18:
        message.version = reader.string();
        break;
      case 26:
        message.registerTime = readNested(reader, read_google_protobuf_Timestamp, depth);
        break;
      case 32:
        message.runnerCount = reader.uint32();
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  return message;
}

function write_baton_v1_ReplayRunRequest(message: baton_v1_ReplayRunRequest, writer: Writer): void {
  if (message.runId !== undefined && message.runId !== "") writer.uint32(10).string(message.runId);
  if (message.newRunId !== undefined && message.newRunId !== "") writer.uint32(18).string(message.newRunId);
}

function read_baton_v1_ReplayRunRequest(reader: Reader, end: number, depth: number): baton_v1_ReplayRunRequest__Output {
  const message: baton_v1_ReplayRunRequest__Output = {
    runId: "",
    newRunId: "",
  };
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.runId = reader.string();
        break;
      case 18:
        message.newRunId = reader.string();
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  return message;
}

function write_baton_v1_ReplayRunResponse(message: baton_v1_ReplayRunResponse, writer: Writer): void {
  if (message.run !== undefined && message.run !== null) writeNested(write_baton_v1_TriggeredRun, message.run, 10, writer);
}

function read_baton_v1_ReplayRunResponse(reader: Reader, end: number, depth: number): baton_v1_ReplayRunResponse__Output {
  const message: baton_v1_ReplayRunResponse__Output = {
    run: null,
  };
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.run = readNested(reader, read_baton_v1_TriggeredRun, depth);
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  return message;
}

function write_baton_v1_Report(message: baton_v1_Report, writer: Writer): void {
  if (message.receivedSequence !== undefined && message.receivedSequence !== 0) writeInteger64(writer.uint32(8), message.receivedSequence);
  if (message.started !== undefined) for (const value of message.started) writeNested(write_baton_v1_AttemptStarted, value, 18, writer);
  if (message.outcomes !== undefined) for (const value of message.outcomes) writeNested(write_baton_v1_AttemptOutcome, value, 26, writer);
  if (message.handedBack !== undefined) for (const value of message.handedBack) writeNested(write_baton_v1_HandedBack, value, 34, writer);
  if (message.goneAttemptIds !== undefined) for (const value of message.goneAttemptIds) writer.uint32(42).string(value);
  if (message.prefetch !== undefined && message.prefetch !== 0) writer.uint32(48).uint32(message.prefetch);
}

function read_baton_v1_Report(reader: Reader, end: number, depth: number): baton_v1_Report__Output {
  const message: baton_v1_Report__Output = {
    receivedSequence: 0,
    started: [],
    outcomes: [],
    handedBack: [],
    goneAttemptIds: [],
    prefetch: 0,
  };
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 8:
        message.receivedSequence = readUnsigned64(reader);
        break;
      case 18:
        message.started.push(readNested(reader, read_baton_v1_AttemptStarted, depth));
        break;
      case 26:
        message.outcomes.push(readNested(reader, read_baton_v1_AttemptOutcome, depth));
        break;
      case 34:
        message.handedBack.push(readNested(reader, read_baton_v1_HandedBack, depth));
        break;
      case 42:
        message.goneAttemptIds.push(reader.string());
        break;
      case 48:
        message.prefetch = reader.uint32();
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  return message;
}

function write_baton_v1_RetryPolicy(message: baton_v1_RetryPolicy, writer: Writer): void {
  if (message.maxAttempts !== undefined && message.maxAttempts !== 0) writer.uint32(8).int32(message.maxAttempts);
  if (message.factor !== undefined && message.factor !== 0) writer.uint32(17).double(Number(message.factor));
  if (message.minTimeout !== undefined && message.minTimeout !== null) writeNested(write_google_protobuf_Duration, message.minTimeout, 26, writer);
  if (message.maxTimeout !== undefined && message.maxTimeout !== null) writeNested(write_google_protobuf_Duration, message.maxTimeout, 34, writer);
  if (message.randomize !== undefined && message.randomize !== false) writer.uint32(40).bool(message.randomize);
  if (message.outOfMemoryMachine !== undefined && message.outOfMemoryMachine !== "") writer.uint32(50).string(message.outOfMemoryMachine);
}

function read_baton_v1_RetryPolicy(reader: Reader, end: number, depth: number): baton_v1_RetryPolicy__Output {
  const message: baton_v1_RetryPolicy__Output = {
    maxAttempts: 0,
    factor: 0,
    minTimeout: null,
    maxTimeout: null,
    randomize: false,
    outOfMemoryMachine: "",
  };
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 8:
        message.maxAttempts = reader.int32();
        break;
      case 17:
        message.factor = reader.double();
        break;
      case 26:
        message.minTimeout = readNested(reader, read_google_protobuf_Duration, depth);
        break;
      case 34:
        message.maxTimeout = readNested(reader, read_google_protobuf_Duration, depth);
        break;
      case 40:
        message.randomize = reader.bool();
        break;
      case 50:
        message.outOfMemoryMachine = reader.string();
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  return message;
}

function write_baton_v1_Run(message: baton_v1_Run, writer: Writer): void {
  if (message.id !== undefined && message.id !== "") writer.uint32(10).string(message.id);
  if (message.taskId !== undefined && message.taskId !== "") writer.uint32(18).string(message.taskId);
  if (message.status !== undefined && message.status !== 0 && message.status !== "RUN_STATUS_UNSPECIFIED") writer.uint32(24).int32(enumNumber(baton_v1_RunStatus_numbers, message.status));
  if (message.version !== undefined && message.version !== "") writer.uint32(34).string(message.version);
  if (message.createTime !== undefined && message.createTime !== null) writeNested(write_google_protobuf_Timestamp, message.createTime, 42, writer);
  if (message.updateTime !== undefined && message.updateTime !== null) writeNested(write_google_protobuf_Timestamp, message.updateTime, 50, writer);
  if (message.queueTime !== undefined && message.queueTime !== null) writeNested(write_google_protobuf_Timestamp, message.queueTime, 58, writer);
  if (message.startTime !== undefined && message.startTime !== null) writeNested(write_google_protobuf_Timestamp, message.startTime, 66, writer);
  if (message.finishTime !== undefined && message.finishTime !== null) writeNested(write_google_protobuf_Timestamp, message.finishTime, 74, writer);
  if (message.delayedUntilTime !== undefined && message.delayedUntilTime !== null) writeNested(write_google_protobuf_Timestamp, message.delayedUntilTime, 82, writer);
  if (message.retryTime !== undefined && message.retryTime !== null) writeNested(write_google_protobuf_Timestamp, message.retryTime, 90, writer);
  if (message.expireTime !== undefined && message.expireTime !== null) writeNested(write_google_protobuf_Timestamp, message.expireTime, 98, writer);
  if (message.activeDuration !== undefined && message.activeDuration !== null) writeNested(write_google_protobuf_Duration, message.activeDuration, 106, writer);
  if (message.queue !== undefined && message.queue !== "") writer.uint32(114).string(message.queue);
  if (message.priority !== undefined && message.priority !== 0) writer.uint32(121).double(Number(message.priority));
  if (message.machine !== undefined && message.machine !== "") writer.uint32(130).string(message.machine);
  if (message.maxDuration !== undefined && message.maxDuration !== null) writeNested(write_google_protobuf_Duration, message.maxDuration, 138, writer);
  if (message.maxAttempts !== undefined) writer.uint32(144).int32(message.maxAttempts);
  if (message.tags !== undefined) for (const value of message.tags) writer.uint32(154).string(value);
  if (message.idempotencyKey !== undefined && message.idempotencyKey !== "") writer.uint32(162).string(message.idempotencyKey);
  if (message.parentRunId !== undefined && message.parentRunId !== "") writer.uint32(170).string(message.parentRunId);
  if (message.rootRunId !== undefined && message.rootRunId !== "") writer.uint32(178).string(message.rootRunId);
  if (message.depth !== undefined && message.depth !== 0) writer.uint32(184).uint32(message.depth);
  if (message.batchId !== undefined && message.batchId !== "") writer.uint32(194).string(message.batchId);
  if (message.triggerFunction !== undefined && message.triggerFunction !== 0 && message.triggerFunction !== "TRIGGER_FUNCTION_UNSPECIFIED") writer.uint32(200).int32(enumNumber(baton_v1_TriggerFunction_numbers, message.triggerFunction));
  if (message.isReplay !== undefined && message.isReplay !== false) writer.uint32(208).bool(message.isReplay);
  if (message.isTest !== undefined && message.isTest !== false) writer.uint32(216).bool(message.isTest);
  if (message.attemptCount !== undefined && message.attemptCount !== 0) writer.uint32(224).uint32(message.attemptCount);
  if (message.interruptionCount !== undefined && message.interruptionCount !== 0) writer.uint32(232).uint32(message.interruptionCount);
  if (message.attempts !== undefined) for (const value of message.attempts) writeNested(write_baton_v1_Attempt, value, 242, writer);
  if (message.timeline !== undefined) for (const value of message.timeline) writeNested(write_baton_v1_TimelineEntry, value, 250, writer);
  if (message.error !== undefined && message.error !== null) writeNested(write_baton_v1_TaskError, message.error, 258, writer);
  if (message.payload !== undefined && message.payload !== "") writer.uint32(266).string(message.payload);
  if (message.output !== undefined && message.output !== "") writer.uint32(274).string(message.output);
  if (message.revision !== undefined && message.revision !== 0) writeInteger64(writer.uint32(280), message.revision);
  if (message.waitingFor !== undefined && message.waitingFor !== "") writer.uint32(290).string(message.waitingFor);
  if (message.ttl !== undefined && message.ttl !== null) writeNested(write_google_protobuf_Duration, message.ttl, 298, writer);
  if (message.payloadTypes !== undefined && message.payloadTypes !== "") writer.uint32(306).string(message.payloadTypes);
  if (message.outputTypes !== undefined && message.outputTypes !== "") writer.uint32(314).string(message.outputTypes);
}

function read_baton_v1_Run(reader: Reader, end: number, depth: number): baton_v1_Run__Output {
  const message: baton_v1_Run__Output = {
    id: "",
    taskId: "",
    status: "RUN_STATUS_UNSPECIFIED",
    version: "",
    createTime: null,
    updateTime: null,
    queueTime: null,
    startTime: null,
    finishTime: null,
    delayedUntilTime: null,
    retryTime: null,
    expireTime: null,
    activeDuration: null,
    queue: "",
    priority: 0,
    machine: "",
    maxDuration: null,
    tags: [],
    idempotencyKey: "",
    parentRunId: "",
    rootRunId: "",
    depth: 0,
    batchId: "",
    triggerFunction: "TRIGGER_FUNCTION_UNSPECIFIED",
    isReplay: false,
    isTest: false,
    attemptCount: 0,
    interruptionCount: 0,
    attempts: [],
    timeline: [],
    error: null,
    payload: "",
    output: "",
    revision: 0,
    waitingFor: "",
    ttl: null,
    payloadTypes: "",
    outputTypes: "",
  };
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.id = reader.string();
        break;
      case 18:
        message.taskId = reader.string();
        break;
      case 24:
        message.status = readEnum(baton_v1_RunStatus_names, reader);
        break;
      case 34:
        message.version = reader.string();
        break;
      case 42:
        message.createTime = readNested(reader, read_google_protobuf_Timestamp, depth);
        break;
      case 50:
        message.updateTime = readNested(reader, read_google_protobuf_Timestamp, depth);
        break;
      case 58:
        message.queueTime = readNested(reader, read_google_protobuf_Timestamp, depth);
        break;
      case 66:
        message.startTime = readNested(reader, read_google_protobuf_Timestamp, depth);
        break;
      case 74:
        message.finishTime = readNested(reader, read_google_protobuf_Timestamp, depth);
        break;
      case 82:
        message.delayedUntilTime = readNested(reader, read_google_protobuf_Timestamp, depth);
        break;
      case 90:
        message.retryTime = readNested(reader, read_google_protobuf_Timestamp, depth);
        break;
      case 98:
        message.expireTime = readNested(reader, read_google_protobuf_Timestamp, depth);
        break;
      case 106:
        message.activeDuration = readNested(reader, read_google_protobuf_Duration, depth);
        break;
      case 114:
        message.queue = reader.string();
        break;
      case 121:
        message.priority = reader.double();
        break;
      case 130:
        message.machine = reader.string();
        break;
      case 138:
        message.maxDuration = readNested(reader, read_google_protobuf_Duration, depth);
        break;
      case 144:
        message.maxAttempts = reader.int32();
        message._maxAttempts = "maxAttempts";
        break;
      case 154:
        message.tags.push(reader.string());
        break;
      case 162:
        message.idempotencyKey = reader.string();
        break;
      case 170:
        message.parentRunId = reader.string();
        break;
      case 178:
        message.rootRunId = reader.string();
        break;
      case 184:
        message.depth = reader.uint32();
        break;
      case 194:
        message.batchId = reader.string();
        break;
      case 200:
        message.triggerFunction = readEnum(baton_v1_TriggerFunction_names, reader);
        break;
      case 208:
        message.isReplay = reader.bool();
        break;
      case 216:
        message.isTest = reader.bool();
        break;
      case 224:
        message.attemptCount = reader.uint32();
        break;
      case 232:
        message.interruptionCount = reader.uint32();
        break;
      case 242:
        message.attempts.push(readNested(reader, read_baton_v1_Attempt, depth));
        break;
      case 250:
        message.timeline.push(readNested(reader, read_baton_v1_TimelineEntry, depth));
        break;
      case 258:
        message.error = readNested(reader, read_baton_v1_TaskError, depth);
        break;
      case 266:
        message.payload = reader.string();
        break;
      case 274:
        message.output = reader.string();
        break;
      case 280:
        message.revision = readUnsigned64(reader);
        break;
      case 290:
        message.waitingFor = reader.string();
        break;
      case 298:
        message.ttl = readNested(reader, read_google_protobuf_Duration, depth);
        break;
      case 306:
        message.payloadTypes = reader.string();
        break;
      case 314:
        message.outputTypes = reader.string();
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  return message;
}

function write_baton_v1_RunLogs(message: baton_v1_RunLogs, writer: Writer): void {
  if (message.runId !== undefined && message.runId !== "") writer.uint32(10).string(message.runId);
  if (message.entries !== undefined) for (const value of message.entries) writeNested(write_baton_v1_LogEntry, value, 18, writer);
  if (message.endedAttemptId !== undefined && message.endedAttemptId !== "") writer.uint32(26).string(message.endedAttemptId);
}

function read_baton_v1_RunLogs(reader: Reader, end: number, depth: number): baton_v1_RunLogs__Output {
  const message: baton_v1_RunLogs__Output = {
    runId: "",
    entries: [],
    endedAttemptId: "",
  };
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.runId = reader.string();
        break;
      case 18:
        message.entries.push(readNested(reader, read_baton_v1_LogEntry, depth));
        break;
      case 26:
        message.endedAttemptId = reader.string();
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  return message;
}

function write_baton_v1_Success(message: baton_v1_Success, writer: Writer): void {
  if (message.output !== undefined && message.output !== "") writer.uint32(10).string(message.output);
  if (message.outputTypes !== undefined && message.outputTypes !== "") writer.uint32(18).string(message.outputTypes);
}

function read_baton_v1_Success(reader: Reader, end: number, depth: number): baton_v1_Success__Output {
  const message: baton_v1_Success__Output = {
    output: "",
    outputTypes: "",
  };
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.output = reader.string();
        break;
      case 18:
        message.outputTypes = reader.string();
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  return message;
}

function write_baton_v1_TaskDefinition(message: baton_v1_TaskDefinition, writer: Writer): void {
  if (message.id !== undefined && message.id !== "") writer.uint32(10).string(message.id);
  if (message.description !== undefined && message.description !== "") writer.uint32(18).string(message.description);
  if (message.filePath !== undefined && message.filePath !== "") writer.uint32(26).string(message.filePath);
  if (message.exportName !== undefined && message.exportName !== "") writer.uint32(34).string(message.exportName);
  if (message.queue !== undefined && message.queue !== "") writer.uint32(42).string(message.queue);
  if (message.concurrencyLimit !== undefined) writer.uint32(48).int32(message.concurrencyLimit);
  if (message.machine !== undefined && message.machine !== "") writer.uint32(58).string(message.machine);
  if (message.maxDuration !== undefined && message.maxDuration !== null) writeNested(write_google_protobuf_Duration, message.maxDuration, 66, writer);
  if (message.retry !== undefined && message.retry !== null) writeNested(write_baton_v1_RetryPolicy, message.retry, 74, writer);
  if (message.ttl !== undefined && message.ttl !== null) writeNested(write_google_protobuf_Duration, message.ttl, 82, writer);
  if (message.jsonSchema !== undefined && message.jsonSchema !== "") writer.uint32(90).string(message.jsonSchema);
  if (message.pinVersion !== undefined && message.pinVersion !== false) writer.uint32(96).bool(message.pinVersion);
}

function read_baton_v1_TaskDefinition(reader: Reader, end: number, depth: number): baton_v1_TaskDefinition__Output {
  const message: baton_v1_TaskDefinition__Output = {
    id: "",
    description: "",
    filePath: "",
    exportName: "",
    queue: "",
    machine: "",
    maxDuration: null,
    retry: null,
    ttl: null,
    jsonSchema: "",
    pinVersion: false,
  };
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.id = reader.string();
        break;
      case 18:
        message.description = reader.string();
        break;
      case 26:
        message.filePath = reader.string();
        break;
      case 34:
        message.exportName = reader.string();
        break;
      case 42:
        message.queue = reader.string();
        break;
      case 48:
        message.concurrencyLimit = reader.int32();
        message._concurrencyLimit = "concurrencyLimit";
        break;
      case 58:
        message.machine = reader.string();
        break;
      case 66:
        message.maxDuration = readNested(reader, read_google_protobuf_Duration, depth);
        break;
      case 74:
        message.retry = readNested(reader, read_baton_v1_RetryPolicy, depth);
        break;
      case 82:
        message.ttl = readNested(reader, read_google_protobuf_Duration, depth);
        break;
      case 90:
        message.jsonSchema = reader.string();
        break;
      case 96:
        message.pinVersion = reader.bool();
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  return message;
}

function write_baton_v1_TaskError(message: baton_v1_TaskError, writer: Writer): void {
  if (message.type !== undefined && message.type !== 0 && message.type !== "TASK_ERROR_TYPE_UNSPECIFIED") writer.uint32(8).int32(enumNumber(baton_v1_TaskErrorType_numbers, message.type));
  if (message.name !== undefined && message.name !== "") writer.uint32(18).string(message.name);
  if (message.message !== undefined && message.message !== "") writer.uint32(26).string(message.message);
  if (message.stackTrace !== undefined && message.stackTrace !== "") writer.uint32(34).string(message.stackTrace);
  if (message.raw !== undefined && message.raw !== "") writer.uint32(42).string(message.raw);
  if (message.code !== undefined && message.code !== "") writer.uint32(50).string(message.code);
  if (message.cause !== undefined && message.cause !== null) writeNested(write_baton_v1_TaskError, message.cause, 58, writer);
  if (message.errors !== undefined) for (const value of message.errors) writeNested(write_baton_v1_TaskError, value, 66, writer);
  if (message.properties !== undefined && message.properties !== "") writer.uint32(74).string(message.properties);
}

function read_baton_v1_TaskError(reader: Reader, end: number, depth: number): baton_v1_TaskError__Output {
  const message: baton_v1_TaskError__Output = {
    type: "TASK_ERROR_TYPE_UNSPECIFIED",
    name: "",
    message: "",
    stackTrace: "",
    raw: "",
    code: "",
    cause: null,
    errors: [],
    properties: "",
  };
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 8:
        message.type = readEnum(baton_v1_TaskErrorType_names, reader);
        break;
      case 18:
        message.name = reader.string();
        break;
      case 26:
        message.message = reader.string();
        break;
      case 34:
        message.stackTrace = reader.string();
        break;
      case 42:
        message.raw = reader.string();
        break;
      case 50:
        message.code = reader.string();
        break;
      case 58:
        message.cause = readNested(reader, read_baton_v1_TaskError, depth);
        break;
      case 66:
        message.errors.push(readNested(reader, read_baton_v1_TaskError, depth));
        break;
      case 74:
        message.properties = reader.string();
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  return message;
}

function write_baton_v1_TimelineEntry(message: baton_v1_TimelineEntry, writer: Writer): void {
  if (message.status !== undefined && message.status !== 0 && message.status !== "RUN_STATUS_UNSPECIFIED") writer.uint32(8).int32(enumNumber(baton_v1_RunStatus_numbers, message.status));
  if (message.time !== undefined && message.time !== null) writeNested(write_google_protobuf_Timestamp, message.time, 18, writer);
  if (message.reason !== undefined && message.reason !== "") writer.uint32(26).string(message.reason);
}

function read_baton_v1_TimelineEntry(reader: Reader, end: number, depth: number): baton_v1_TimelineEntry__Output {
  const message: baton_v1_TimelineEntry__Output = {
    status: "RUN_STATUS_UNSPECIFIED",
    time: null,
    reason: "",
  };
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 8:
        message.status = readEnum(baton_v1_RunStatus_names, reader);
        break;
      case 18:
        message.time = readNested(reader, read_google_protobuf_Timestamp, depth);
        break;
      case 26:
        message.reason = reader.string();
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  return message;
}

function write_baton_v1_TriggerItem(message: baton_v1_TriggerItem, writer: Writer): void {
  if (message.taskId !== undefined && message.taskId !== "") writer.uint32(10).string(message.taskId);
  if (message.payload !== undefined && message.payload !== "") writer.uint32(18).string(message.payload);
  if (message.options !== undefined && message.options !== null) writeNested(write_baton_v1_TriggerOptions, message.options, 26, writer);
  if (message.runId !== undefined && message.runId !== "") writer.uint32(34).string(message.runId);
  if (message.parentRunId !== undefined && message.parentRunId !== "") writer.uint32(42).string(message.parentRunId);
  if (message.parentAttemptId !== undefined && message.parentAttemptId !== "") writer.uint32(50).string(message.parentAttemptId);
  if (message.payloadTypes !== undefined && message.payloadTypes !== "") writer.uint32(58).string(message.payloadTypes);
}

function read_baton_v1_TriggerItem(reader: Reader, end: number, depth: number): baton_v1_TriggerItem__Output {
  const message: baton_v1_TriggerItem__Output = {
    taskId: "",
    payload: "",
    options: null,
    runId: "",
    parentRunId: "",
    parentAttemptId: "",
    payloadTypes: "",
  };
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.taskId = reader.string();
        break;
      case 18:
        message.payload = reader.string();
        break;
      case 26:
        message.options = readNested(reader, read_baton_v1_TriggerOptions, depth);
        break;
      case 34:
        message.runId = reader.string();
        break;
      case 42:
        message.parentRunId = reader.string();
        break;
      case 50:
        message.parentAttemptId = reader.string();
        break;
      case 58:
        message.payloadTypes = reader.string();
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  return message;
}

function write_baton_v1_TriggerManyRequest(message: baton_v1_TriggerManyRequest, writer: Writer): void {
  if (message.items !== undefined) for (const value of message.items) writeNested(write_baton_v1_TriggerItem, value, 10, writer);
}

function read_baton_v1_TriggerManyRequest(reader: Reader, end: number, depth: number): baton_v1_TriggerManyRequest__Output {
  const message: baton_v1_TriggerManyRequest__Output = {
    items: [],
  };
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.items.push(readNested(reader, read_baton_v1_TriggerItem, depth));
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  return message;
}

function write_baton_v1_TriggerManyResponse(message: baton_v1_TriggerManyResponse, writer: Writer): void {
  if (message.results !== undefined) for (const value of message.results) writeNested(write_baton_v1_TriggerResult, value, 10, writer);
}

function read_baton_v1_TriggerManyResponse(reader: Reader, end: number, depth: number): baton_v1_TriggerManyResponse__Output {
  const message: baton_v1_TriggerManyResponse__Output = {
    results: [],
  };
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.results.push(readNested(reader, read_baton_v1_TriggerResult, depth));
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  return message;
}

function write_baton_v1_TriggerOptions(message: baton_v1_TriggerOptions, writer: Writer): void {
  if (message.delay !== undefined && message.delay !== "") writer.uint32(10).string(message.delay);
  if (message.idempotencyKey !== undefined && message.idempotencyKey !== "") writer.uint32(18).string(message.idempotencyKey);
  if (message.idempotencyKeyTtl !== undefined && message.idempotencyKeyTtl !== "") writer.uint32(26).string(message.idempotencyKeyTtl);
  if (message.tags !== undefined) for (const value of message.tags) writer.uint32(34).string(value);
  if (message.priority !== undefined && message.priority !== 0) writer.uint32(41).double(Number(message.priority));
  if (message.machine !== undefined && message.machine !== "") writer.uint32(50).string(message.machine);
  if (message.maxDuration !== undefined && message.maxDuration !== null) writeNested(write_google_protobuf_Duration, message.maxDuration, 58, writer);
  if (message.maxAttempts !== undefined) writer.uint32(64).int32(message.maxAttempts);
  if (message.requireRegistered !== undefined && message.requireRegistered !== false) writer.uint32(72).bool(message.requireRegistered);
  if (message.isTest !== undefined && message.isTest !== false) writer.uint32(80).bool(message.isTest);
}

function read_baton_v1_TriggerOptions(reader: Reader, end: number, depth: number): baton_v1_TriggerOptions__Output {
  const message: baton_v1_TriggerOptions__Output = {
    delay: "",
    idempotencyKey: "",
    idempotencyKeyTtl: "",
    tags: [],
    priority: 0,
    machine: "",
    maxDuration: null,
    requireRegistered: false,
    isTest: false,
  };
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.delay = reader.string();
        break;
      case 18:
        message.idempotencyKey = reader.string();
        break;
      case 26:
        message.idempotencyKeyTtl = reader.string();
        break;
      case 34:
        message.tags.push(reader.string());
        break;
      case 41:
        message.priority = reader.double();
        break;
      case 50:
        message.machine = reader.string();
        break;
      case 58:
        message.maxDuration = readNested(reader, read_google_protobuf_Duration, depth);
        break;
      case 64:
        message.maxAttempts = reader.int32();
        message._maxAttempts = "maxAttempts";
        break;
      case 72:
        message.requireRegistered = reader.bool();
        break;
      case 80:
        message.isTest = reader.bool();
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  return message;
}

function write_baton_v1_TriggerRequest(message: baton_v1_TriggerRequest, writer: Writer): void {
  if (message.item !== undefined && message.item !== null) writeNested(write_baton_v1_TriggerItem, message.item, 10, writer);
}

function read_baton_v1_TriggerRequest(reader: Reader, end: number, depth: number): baton_v1_TriggerRequest__Output {
  const message: baton_v1_TriggerRequest__Output = {
    item: null,
  };
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.item = readNested(reader, read_baton_v1_TriggerItem, depth);
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  return message;
}

function write_baton_v1_TriggerResponse(message: baton_v1_TriggerResponse, writer: Writer): void {
  if (message.run !== undefined && message.run !== null) writeNested(write_baton_v1_TriggeredRun, message.run, 10, writer);
}

function read_baton_v1_TriggerResponse(reader: Reader, end: number, depth: number): baton_v1_TriggerResponse__Output {
  const message: baton_v1_TriggerResponse__Output = {
    run: null,
  };
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.run = readNested(reader, read_baton_v1_TriggeredRun, depth);
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  return message;
}

function write_baton_v1_TriggerResult(message: baton_v1_TriggerResult, writer: Writer): void {
  if (message.run !== undefined && message.run !== null) writeNested(write_baton_v1_TriggeredRun, message.run, 10, writer);
  if (message.error !== undefined && message.error !== null) writeNested(write_baton_v1_ItemError, message.error, 18, writer);
}

function read_baton_v1_TriggerResult(reader: Reader, end: number, depth: number): baton_v1_TriggerResult__Output {
  const message: baton_v1_TriggerResult__Output = {
  };
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.run = readNested(reader, read_baton_v1_TriggeredRun, depth);
        if (message.result !== undefined && message.result !== "run") delete message[message.result];
        message.result = "run";
        break;
      case 18:
        message.error = readNested(reader, read_baton_v1_ItemError, depth);
        if (message.result !== undefined && message.result !== "error") delete message[message.result];
        message.result = "error";
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  return message;
}

function write_baton_v1_TriggeredRun(message: baton_v1_TriggeredRun, writer: Writer): void {
  if (message.runId !== undefined && message.runId !== "") writer.uint32(10).string(message.runId);
  if (message.taskId !== undefined && message.taskId !== "") writer.uint32(18).string(message.taskId);
  if (message.isCached !== undefined && message.isCached !== false) writer.uint32(24).bool(message.isCached);
  if (message.status !== undefined && message.status !== 0 && message.status !== "RUN_STATUS_UNSPECIFIED") writer.uint32(32).int32(enumNumber(baton_v1_RunStatus_numbers, message.status));
}

function read_baton_v1_TriggeredRun(reader: Reader, end: number, depth: number): baton_v1_TriggeredRun__Output {
  const message: baton_v1_TriggeredRun__Output = {
    runId: "",
    taskId: "",
    isCached: false,
    status: "RUN_STATUS_UNSPECIFIED",
  };
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.runId = reader.string();
        break;
      case 18:
        message.taskId = reader.string();
        break;
      case 24:
        message.isCached = reader.bool();
        break;
      case 32:
        message.status = readEnum(baton_v1_RunStatus_names, reader);
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  return message;
}

function write_baton_v1_VersionsChanged(message: baton_v1_VersionsChanged, writer: Writer): void {
  if (message.versions !== undefined) for (const value of message.versions) writer.uint32(10).string(value);
}

function read_baton_v1_VersionsChanged(reader: Reader, end: number, depth: number): baton_v1_VersionsChanged__Output {
  const message: baton_v1_VersionsChanged__Output = {
    versions: [],
  };
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.versions.push(reader.string());
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  return message;
}

function write_baton_v1_WatchRunsRequest(message: baton_v1_WatchRunsRequest, writer: Writer): void {
  if (message.add !== undefined) for (const value of message.add) writeNested(write_baton_v1_WatchedRun, value, 10, writer);
  if (message.removeRunIds !== undefined) for (const value of message.removeRunIds) writer.uint32(18).string(value);
}

function read_baton_v1_WatchRunsRequest(reader: Reader, end: number, depth: number): baton_v1_WatchRunsRequest__Output {
  const message: baton_v1_WatchRunsRequest__Output = {
    add: [],
    removeRunIds: [],
  };
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.add.push(readNested(reader, read_baton_v1_WatchedRun, depth));
        break;
      case 18:
        message.removeRunIds.push(reader.string());
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  return message;
}

function write_baton_v1_WatchRunsResponse(message: baton_v1_WatchRunsResponse, writer: Writer): void {
  if (message.run !== undefined && message.run !== null) writeNested(write_baton_v1_Run, message.run, 10, writer);
  if (message.notFound !== undefined) writer.uint32(18).string(message.notFound);
}

function read_baton_v1_WatchRunsResponse(reader: Reader, end: number, depth: number): baton_v1_WatchRunsResponse__Output {
  const message: baton_v1_WatchRunsResponse__Output = {
  };
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.run = readNested(reader, read_baton_v1_Run, depth);
        if (message.message !== undefined && message.message !== "run") delete message[message.message];
        message.message = "run";
        break;
      case 18:
        message.notFound = reader.string();
        if (message.message !== undefined && message.message !== "notFound") delete message[message.message];
        message.message = "notFound";
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  return message;
}

function write_baton_v1_WatchedRun(message: baton_v1_WatchedRun, writer: Writer): void {
  if (message.runId !== undefined && message.runId !== "") writer.uint32(10).string(message.runId);
  if (message.seenRevision !== undefined && message.seenRevision !== 0) writeInteger64(writer.uint32(16), message.seenRevision);
}

function read_baton_v1_WatchedRun(reader: Reader, end: number, depth: number): baton_v1_WatchedRun__Output {
  const message: baton_v1_WatchedRun__Output = {
    runId: "",
    seenRevision: 0,
  };
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.runId = reader.string();
        break;
      case 16:
        message.seenRevision = readUnsigned64(reader);
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  return message;
}

function write_baton_v1_Welcome(message: baton_v1_Welcome, writer: Writer): void {
  if (message.heartbeatInterval !== undefined && message.heartbeatInterval !== null) writeNested(write_google_protobuf_Duration, message.heartbeatInterval, 18, writer);
  if (message.stopAttemptIds !== undefined) for (const value of message.stopAttemptIds) writer.uint32(26).string(value);
  if (message.maxOutputBytes !== undefined && message.maxOutputBytes !== 0) writer.uint32(32).uint32(message.maxOutputBytes);
}

function read_baton_v1_Welcome(reader: Reader, end: number, depth: number): baton_v1_Welcome__Output {
  const message: baton_v1_Welcome__Output = {
    heartbeatInterval: null,
    stopAttemptIds: [],
    maxOutputBytes: 0,
  };
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 18:
        message.heartbeatInterval = readNested(reader, read_google_protobuf_Duration, depth);
        break;
      case 26:
        message.stopAttemptIds.push(reader.string());
        break;
      case 32:
        message.maxOutputBytes = reader.uint32();
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  return message;
}

function write_google_protobuf_Any(any: google_protobuf_Any, writer: Writer): void {
  const message = any as Partial<google_protobuf_Any__Output>;
  if (message.type_url !== undefined && message.type_url !== "") writer.uint32(10).string(message.type_url);
  if (message.value !== undefined && message.value.length > 0) writer.uint32(18).bytes(typeof message.value === "string" ? Buffer.from(message.value, "base64") : message.value);
}

function read_google_protobuf_Any(reader: Reader, end: number, depth: number): google_protobuf_Any__Output {
  const message: google_protobuf_Any__Output = {
    type_url: "",
    value: Buffer.alloc(0),
  };
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.type_url = reader.string();
        break;
      case 18:
        message.value = reader.bytes() as Buffer;
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  return message;
}

function write_google_protobuf_Duration(message: google_protobuf_Duration, writer: Writer): void {
  if (message.seconds !== undefined && message.seconds !== 0) writeInteger64(writer.uint32(8), message.seconds);
  if (message.nanos !== undefined && message.nanos !== 0) writer.uint32(16).int32(message.nanos);
}

function read_google_protobuf_Duration(reader: Reader, end: number, depth: number): google_protobuf_Duration__Output {
  const message: google_protobuf_Duration__Output = {
    seconds: 0,
    nanos: 0,
  };
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 8:
        message.seconds = readSigned64(reader);
        break;
      case 16:
        message.nanos = reader.int32();
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  return message;
}

function write_google_protobuf_Timestamp(message: google_protobuf_Timestamp, writer: Writer): void {
  if (message.seconds !== undefined && message.seconds !== 0) writeInteger64(writer.uint32(8), message.seconds);
  if (message.nanos !== undefined && message.nanos !== 0) writer.uint32(16).int32(message.nanos);
}

function read_google_protobuf_Timestamp(reader: Reader, end: number, depth: number): google_protobuf_Timestamp__Output {
  const message: google_protobuf_Timestamp__Output = {
    seconds: 0,
    nanos: 0,
  };
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 8:
        message.seconds = readSigned64(reader);
        break;
      case 16:
        message.nanos = reader.int32();
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  return message;
}

function write_google_rpc_BadRequest(message: google_rpc_BadRequest, writer: Writer): void {
  if (message.fieldViolations !== undefined) for (const value of message.fieldViolations) writeNested(write_google_rpc_BadRequest_FieldViolation, value, 10, writer);
}

function read_google_rpc_BadRequest(reader: Reader, end: number, depth: number): google_rpc_BadRequest__Output {
  const message: google_rpc_BadRequest__Output = {
    fieldViolations: [],
  };
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.fieldViolations.push(readNested(reader, read_google_rpc_BadRequest_FieldViolation, depth));
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  return message;
}

function write_google_rpc_BadRequest_FieldViolation(message: google_rpc_BadRequest_FieldViolation, writer: Writer): void {
  if (message.field !== undefined && message.field !== "") writer.uint32(10).string(message.field);
  if (message.description !== undefined && message.description !== "") writer.uint32(18).string(message.description);
}

function read_google_rpc_BadRequest_FieldViolation(reader: Reader, end: number, depth: number): google_rpc_BadRequest_FieldViolation__Output {
  const message: google_rpc_BadRequest_FieldViolation__Output = {
    field: "",
    description: "",
  };
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.field = reader.string();
        break;
      case 18:
        message.description = reader.string();
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  return message;
}

function write_google_rpc_ErrorInfo(message: google_rpc_ErrorInfo, writer: Writer): void {
  if (message.reason !== undefined && message.reason !== "") writer.uint32(10).string(message.reason);
  if (message.domain !== undefined && message.domain !== "") writer.uint32(18).string(message.domain);
  for (const [key, value] of Object.entries(message.metadata ?? {})) {
    writer.uint32(26).fork().uint32(10).string(key).uint32(18).string(value as string).ldelim();
  }
}

function read_google_rpc_ErrorInfo(reader: Reader, end: number, depth: number): google_rpc_ErrorInfo__Output {
  const message: google_rpc_ErrorInfo__Output = {
    reason: "",
    domain: "",
    metadata: {},
  };
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.reason = reader.string();
        break;
      case 18:
        message.domain = reader.string();
        break;
      case 26: {
        const [key, value] = readNested(reader, readTextEntry, depth);
        message.metadata[key] = value;
        break;
      }
      default:
        reader.skipType(tag & 7);
    }
  }
  return message;
}

function write_google_rpc_RetryInfo(message: google_rpc_RetryInfo, writer: Writer): void {
  if (message.retryDelay !== undefined && message.retryDelay !== null) writeNested(write_google_protobuf_Duration, message.retryDelay, 10, writer);
}

function read_google_rpc_RetryInfo(reader: Reader, end: number, depth: number): google_rpc_RetryInfo__Output {
  const message: google_rpc_RetryInfo__Output = {
    retryDelay: null,
  };
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.retryDelay = readNested(reader, read_google_protobuf_Duration, depth);
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  return message;
}

function write_google_rpc_Status(message: google_rpc_Status, writer: Writer): void {
  if (message.code !== undefined && message.code !== 0) writer.uint32(8).int32(message.code);
  if (message.message !== undefined && message.message !== "") writer.uint32(18).string(message.message);
  if (message.details !== undefined) for (const value of message.details) writeNested(write_google_protobuf_Any, value, 26, writer);
}

function read_google_rpc_Status(reader: Reader, end: number, depth: number): google_rpc_Status__Output {
  const message: google_rpc_Status__Output = {
    code: 0,
    message: "",
    details: [],
  };
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 8:
        message.code = reader.int32();
        break;
      case 18:
        message.message = reader.string();
        break;
      case 26:
        message.details.push(readNested(reader, read_google_protobuf_Any, depth));
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  return message;
}

function write_grpc_health_v1_HealthCheckRequest(message: grpc_health_v1_HealthCheckRequest, writer: Writer): void {
  if (message.service !== undefined && message.service !== "") writer.uint32(10).string(message.service);
}

function read_grpc_health_v1_HealthCheckRequest(reader: Reader, end: number, depth: number): grpc_health_v1_HealthCheckRequest__Output {
  const message: grpc_health_v1_HealthCheckRequest__Output = {
    service: "",
  };
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.service = reader.string();
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  return message;
}

function write_grpc_health_v1_HealthCheckResponse(message: grpc_health_v1_HealthCheckResponse, writer: Writer): void {
  if (message.status !== undefined && message.status !== 0 && message.status !== "UNKNOWN") writer.uint32(8).int32(enumNumber(grpc_health_v1_HealthCheckResponse_ServingStatus_numbers, message.status));
}

function read_grpc_health_v1_HealthCheckResponse(reader: Reader, end: number, depth: number): grpc_health_v1_HealthCheckResponse__Output {
  const message: grpc_health_v1_HealthCheckResponse__Output = {
    status: "UNKNOWN",
  };
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 8:
        message.status = readEnum(grpc_health_v1_HealthCheckResponse_ServingStatus_names, reader);
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  return message;
}

function write_grpc_reflection_v1_ErrorResponse(message: grpc_reflection_v1_ErrorResponse, writer: Writer): void {
  if (message.errorCode !== undefined && message.errorCode !== 0) writer.uint32(8).int32(message.errorCode);
  if (message.errorMessage !== undefined && message.errorMessage !== "") writer.uint32(18).string(message.errorMessage);
}

function read_grpc_reflection_v1_ErrorResponse(reader: Reader, end: number, depth: number): grpc_reflection_v1_ErrorResponse__Output {
  const message: grpc_reflection_v1_ErrorResponse__Output = {
    errorCode: 0,
    errorMessage: "",
  };
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 8:
        message.errorCode = reader.int32();
        break;
      case 18:
        message.errorMessage = reader.string();
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  return message;
}

function write_grpc_reflection_v1_ExtensionNumberResponse(message: grpc_reflection_v1_ExtensionNumberResponse, writer: Writer): void {
  if (message.baseTypeName !== undefined && message.baseTypeName !== "") writer.uint32(10).string(message.baseTypeName);
  if (message.extensionNumber !== undefined && message.extensionNumber.length > 0) {
    writer.uint32(18).fork();
    for (const value of message.extensionNumber) writer.int32(value);
    writer.ldelim();
  }
}

function read_grpc_reflection_v1_ExtensionNumberResponse(reader: Reader, end: number, depth: number): grpc_reflection_v1_ExtensionNumberResponse__Output {
  const message: grpc_reflection_v1_ExtensionNumberResponse__Output = {
    baseTypeName: "",
    extensionNumber: [],
  };
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.baseTypeName = reader.string();
        break;
      case 16:
        message.extensionNumber.push(reader.int32());
        break;
      case 18: {
        const last = reader.uint32() + reader.pos;
        while (reader.pos < last) message.extensionNumber.push(reader.int32());
        break;
      }
      default:
        reader.skipType(tag & 7);
    }
  }
  return message;
}

function write_grpc_reflection_v1_ExtensionRequest(message: grpc_reflection_v1_ExtensionRequest, writer: Writer): void {
  if (message.containingType !== undefined && message.containingType !== "") writer.uint32(10).string(message.containingType);
  if (message.extensionNumber !== undefined && message.extensionNumber !== 0) writer.uint32(16).int32(message.extensionNumber);
}

function read_grpc_reflection_v1_ExtensionRequest(reader: Reader, end: number, depth: number): grpc_reflection_v1_ExtensionRequest__Output {
  const message: grpc_reflection_v1_ExtensionRequest__Output = {
    containingType: "",
    extensionNumber: 0,
  };
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.containingType = reader.string();
        break;
      case 16:
        message.extensionNumber = reader.int32();
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  return message;
}

function write_grpc_reflection_v1_FileDescriptorResponse(message: grpc_reflection_v1_FileDescriptorResponse, writer: Writer): void {
  if (message.fileDescriptorProto !== undefined) for (const value of message.fileDescriptorProto) writer.uint32(10).bytes(typeof value === "string" ? Buffer.from(value, "base64") : value);
}

function read_grpc_reflection_v1_FileDescriptorResponse(reader: Reader, end: number, depth: number): grpc_reflection_v1_FileDescriptorResponse__Output {
  const message: grpc_reflection_v1_FileDescriptorResponse__Output = {
    fileDescriptorProto: [],
  };
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.fileDescriptorProto.push(reader.bytes() as Buffer);
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  return message;
}

function write_grpc_reflection_v1_ListServiceResponse(message: grpc_reflection_v1_ListServiceResponse, writer: Writer): void {
  if (message.service !== undefined) for (const value of message.service) writeNested(write_grpc_reflection_v1_ServiceResponse, value, 10, writer);
}

function read_grpc_reflection_v1_ListServiceResponse(reader: Reader, end: number, depth: number): grpc_reflection_v1_ListServiceResponse__Output {
  const message: grpc_reflection_v1_ListServiceResponse__Output = {
    service: [],
  };
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.service.push(readNested(reader, read_grpc_reflection_v1_ServiceResponse, depth));
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  return message;
}

function write_grpc_reflection_v1_ServerReflectionRequest(message: grpc_reflection_v1_ServerReflectionRequest, writer: Writer): void {
  if (message.host !== undefined && message.host !== "") writer.uint32(10).string(message.host);
  if (message.fileByFilename !== undefined) writer.uint32(26).string(message.fileByFilename);
  if (message.fileContainingSymbol !== undefined) writer.uint32(34).string(message.fileContainingSymbol);
  if (message.fileContainingExtension !== undefined && message.fileContainingExtension !== null) writeNested(write_grpc_reflection_v1_ExtensionRequest, message.fileContainingExtension, 42, writer);
  if (message.allExtensionNumbersOfType !== undefined) writer.uint32(50).string(message.allExtensionNumbersOfType);
  if (message.listServices !== undefined) writer.uint32(58).string(message.listServices);
}

function read_grpc_reflection_v1_ServerReflectionRequest(reader: Reader, end: number, depth: number): grpc_reflection_v1_ServerReflectionRequest__Output {
  const message: grpc_reflection_v1_ServerReflectionRequest__Output = {
    host: "",
  };
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.host = reader.string();
        break;
      case 26:
        message.fileByFilename = reader.string();
        if (message.messageRequest !== undefined && message.messageRequest !== "fileByFilename") delete message[message.messageRequest];
        message.messageRequest = "fileByFilename";
        break;
      case 34:
        message.fileContainingSymbol = reader.string();
        if (message.messageRequest !== undefined && message.messageRequest !== "fileContainingSymbol") delete message[message.messageRequest];
        message.messageRequest = "fileContainingSymbol";
        break;
      case 42:
        message.fileContainingExtension = readNested(reader, read_grpc_reflection_v1_ExtensionRequest, depth);
        if (message.messageRequest !== undefined && message.messageRequest !== "fileContainingExtension") delete message[message.messageRequest];
        message.messageRequest = "fileContainingExtension";
        break;
      case 50:
        message.allExtensionNumbersOfType = reader.string();
        if (message.messageRequest !== undefined && message.messageRequest !== "allExtensionNumbersOfType") delete message[message.messageRequest];
        message.messageRequest = "allExtensionNumbersOfType";
        break;
      case 58:
        message.listServices = reader.string();
        if (message.messageRequest !== undefined && message.messageRequest !== "listServices") delete message[message.messageRequest];
        message.messageRequest = "listServices";
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  return message;
}

function write_grpc_reflection_v1_ServerReflectionResponse(message: grpc_reflection_v1_ServerReflectionResponse, writer: Writer): void {
  if (message.validHost !== undefined && message.validHost !== "") writer.uint32(10).string(message.validHost);
  if (message.originalRequest !== undefined && message.originalRequest !== null) writeNested(write_grpc_reflection_v1_ServerReflectionRequest, message.originalRequest, 18, writer);
  if (message.fileDescriptorResponse !== undefined && message.fileDescriptorResponse !== null) writeNested(write_grpc_reflection_v1_FileDescriptorResponse, message.fileDescriptorResponse, 34, writer);
  if (message.allExtensionNumbersResponse !== undefined && message.allExtensionNumbersResponse !== null) writeNested(write_grpc_reflection_v1_ExtensionNumberResponse, message.allExtensionNumbersResponse, 42, writer);
  if (message.listServicesResponse !== undefined && message.listServicesResponse !== null) writeNested(write_grpc_reflection_v1_ListServiceResponse, message.listServicesResponse, 50, writer);
  if (message.errorResponse !== undefined && message.errorResponse !== null) writeNested(write_grpc_reflection_v1_ErrorResponse, message.errorResponse, 58, writer);
}

function read_grpc_reflection_v1_ServerReflectionResponse(reader: Reader, end: number, depth: number): grpc_reflection_v1_ServerReflectionResponse__Output {
  const message: grpc_reflection_v1_ServerReflectionResponse__Output = {
    validHost: "",
    originalRequest: null,
  };
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.validHost = reader.string();
        break;
      case 18:
        message.originalRequest = readNested(reader, read_grpc_reflection_v1_ServerReflectionRequest, depth);
        break;
      case 34:
        message.fileDescriptorResponse = readNested(reader, read_grpc_reflection_v1_FileDescriptorResponse, depth);
        if (message.messageResponse !== undefined && message.messageResponse !== "fileDescriptorResponse") delete message[message.messageResponse];
        message.messageResponse = "fileDescriptorResponse";
        break;
      case 42:
        message.allExtensionNumbersResponse = readNested(reader, read_grpc_reflection_v1_ExtensionNumberResponse, depth);
        if (message.messageResponse !== undefined && message.messageResponse !== "allExtensionNumbersResponse") delete message[message.messageResponse];
        message.messageResponse = "allExtensionNumbersResponse";
        break;
      case 50:
        message.listServicesResponse = readNested(reader, read_grpc_reflection_v1_ListServiceResponse, depth);
        if (message.messageResponse !== undefined && message.messageResponse !== "listServicesResponse") delete message[message.messageResponse];
        message.messageResponse = "listServicesResponse";
        break;
      case 58:
        message.errorResponse = readNested(reader, read_grpc_reflection_v1_ErrorResponse, depth);
        if (message.messageResponse !== undefined && message.messageResponse !== "errorResponse") delete message[message.messageResponse];
        message.messageResponse = "errorResponse";
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  return message;
}

function write_grpc_reflection_v1_ServiceResponse(message: grpc_reflection_v1_ServiceResponse, writer: Writer): void {
  if (message.name !== undefined && message.name !== "") writer.uint32(10).string(message.name);
}

function read_grpc_reflection_v1_ServiceResponse(reader: Reader, end: number, depth: number): grpc_reflection_v1_ServiceResponse__Output {
  const message: grpc_reflection_v1_ServiceResponse__Output = {
    name: "",
  };
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.name = reader.string();
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  return message;
}

function write_grpc_reflection_v1alpha_ErrorResponse(message: grpc_reflection_v1alpha_ErrorResponse, writer: Writer): void {
  if (message.errorCode !== undefined && message.errorCode !== 0) writer.uint32(8).int32(message.errorCode);
  if (message.errorMessage !== undefined && message.errorMessage !== "") writer.uint32(18).string(message.errorMessage);
}

function read_grpc_reflection_v1alpha_ErrorResponse(reader: Reader, end: number, depth: number): grpc_reflection_v1alpha_ErrorResponse__Output {
  const message: grpc_reflection_v1alpha_ErrorResponse__Output = {
    errorCode: 0,
    errorMessage: "",
  };
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 8:
        message.errorCode = reader.int32();
        break;
      case 18:
        message.errorMessage = reader.string();
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  return message;
}

function write_grpc_reflection_v1alpha_ExtensionNumberResponse(message: grpc_reflection_v1alpha_ExtensionNumberResponse, writer: Writer): void {
  if (message.baseTypeName !== undefined && message.baseTypeName !== "") writer.uint32(10).string(message.baseTypeName);
  if (message.extensionNumber !== undefined && message.extensionNumber.length > 0) {
    writer.uint32(18).fork();
    for (const value of message.extensionNumber) writer.int32(value);
    writer.ldelim();
  }
}

function read_grpc_reflection_v1alpha_ExtensionNumberResponse(reader: Reader, end: number, depth: number): grpc_reflection_v1alpha_ExtensionNumberResponse__Output {
  const message: grpc_reflection_v1alpha_ExtensionNumberResponse__Output = {
    baseTypeName: "",
    extensionNumber: [],
  };
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.baseTypeName = reader.string();
        break;
      case 16:
        message.extensionNumber.push(reader.int32());
        break;
      case 18: {
        const last = reader.uint32() + reader.pos;
        while (reader.pos < last) message.extensionNumber.push(reader.int32());
        break;
      }
      default:
        reader.skipType(tag & 7);
    }
  }
  return message;
}

function write_grpc_reflection_v1alpha_ExtensionRequest(message: grpc_reflection_v1alpha_ExtensionRequest, writer: Writer): void {
  if (message.containingType !== undefined && message.containingType !== "") writer.uint32(10).string(message.containingType);
  if (message.extensionNumber !== undefined && message.extensionNumber !== 0) writer.uint32(16).int32(message.extensionNumber);
}

function read_grpc_reflection_v1alpha_ExtensionRequest(reader: Reader, end: number, depth: number): grpc_reflection_v1alpha_ExtensionRequest__Output {
  const message: grpc_reflection_v1alpha_ExtensionRequest__Output = {
    containingType: "",
    extensionNumber: 0,
  };
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.containingType = reader.string();
        break;
      case 16:
        message.extensionNumber = reader.int32();
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  return message;
}

function write_grpc_reflection_v1alpha_FileDescriptorResponse(message: grpc_reflection_v1alpha_FileDescriptorResponse, writer: Writer): void {
  if (message.fileDescriptorProto !== undefined) for (const value of message.fileDescriptorProto) writer.uint32(10).bytes(typeof value === "string" ? Buffer.from(value, "base64") : value);
}

function read_grpc_reflection_v1alpha_FileDescriptorResponse(reader: Reader, end: number, depth: number): grpc_reflection_v1alpha_FileDescriptorResponse__Output {
  const message: grpc_reflection_v1alpha_FileDescriptorResponse__Output = {
    fileDescriptorProto: [],
  };
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.fileDescriptorProto.push(reader.bytes() as Buffer);
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  return message;
}

function write_grpc_reflection_v1alpha_ListServiceResponse(message: grpc_reflection_v1alpha_ListServiceResponse, writer: Writer): void {
  if (message.service !== undefined) for (const value of message.service) writeNested(write_grpc_reflection_v1alpha_ServiceResponse, value, 10, writer);
}

function read_grpc_reflection_v1alpha_ListServiceResponse(reader: Reader, end: number, depth: number): grpc_reflection_v1alpha_ListServiceResponse__Output {
  const message: grpc_reflection_v1alpha_ListServiceResponse__Output = {
    service: [],
  };
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.service.push(readNested(reader, read_grpc_reflection_v1alpha_ServiceResponse, depth));
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  return message;
}

function write_grpc_reflection_v1alpha_ServerReflectionRequest(message: grpc_reflection_v1alpha_ServerReflectionRequest, writer: Writer): void {
  if (message.host !== undefined && message.host !== "") writer.uint32(10).string(message.host);
  if (message.fileByFilename !== undefined) writer.uint32(26).string(message.fileByFilename);
  if (message.fileContainingSymbol !== undefined) writer.uint32(34).string(message.fileContainingSymbol);
  if (message.fileContainingExtension !== undefined && message.fileContainingExtension !== null) writeNested(write_grpc_reflection_v1alpha_ExtensionRequest, message.fileContainingExtension, 42, writer);
  if (message.allExtensionNumbersOfType !== undefined) writer.uint32(50).string(message.allExtensionNumbersOfType);
  if (message.listServices !== undefined) writer.uint32(58).string(message.listServices);
}

function read_grpc_reflection_v1alpha_ServerReflectionRequest(reader: Reader, end: number, depth: number): grpc_reflection_v1alpha_ServerReflectionRequest__Output {
  const message: grpc_reflection_v1alpha_ServerReflectionRequest__Output = {
    host: "",
  };
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.host = reader.string();
        break;
      case 26:
        message.fileByFilename = reader.string();
        if (message.messageRequest !== undefined && message.messageRequest !== "fileByFilename") delete message[message.messageRequest];
        message.messageRequest = "fileByFilename";
        break;
      case 34:
        message.fileContainingSymbol = reader.string();
        if (message.messageRequest !== undefined && message.messageRequest !== "fileContainingSymbol") delete message[message.messageRequest];
        message.messageRequest = "fileContainingSymbol";
        break;
      case 42:
        message.fileContainingExtension = readNested(reader, read_grpc_reflection_v1alpha_ExtensionRequest, depth);
        if (message.messageRequest !== undefined && message.messageRequest !== "fileContainingExtension") delete message[message.messageRequest];
        message.messageRequest = "fileContainingExtension";
        break;
      case 50:
        message.allExtensionNumbersOfType = reader.string();
        if (message.messageRequest !== undefined && message.messageRequest !== "allExtensionNumbersOfType") delete message[message.messageRequest];
        message.messageRequest = "allExtensionNumbersOfType";
        break;
      case 58:
        message.listServices = reader.string();
        if (message.messageRequest !== undefined && message.messageRequest !== "listServices") delete message[message.messageRequest];
        message.messageRequest = "listServices";
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  return message;
}

function write_grpc_reflection_v1alpha_ServerReflectionResponse(message: grpc_reflection_v1alpha_ServerReflectionResponse, writer: Writer): void {
  if (message.validHost !== undefined && message.validHost !== "") writer.uint32(10).string(message.validHost);
  if (message.originalRequest !== undefined && message.originalRequest !== null) writeNested(write_grpc_reflection_v1alpha_ServerReflectionRequest, message.originalRequest, 18, writer);
  if (message.fileDescriptorResponse !== undefined && message.fileDescriptorResponse !== null) writeNested(write_grpc_reflection_v1alpha_FileDescriptorResponse, message.fileDescriptorResponse, 34, writer);
  if (message.allExtensionNumbersResponse !== undefined && message.allExtensionNumbersResponse !== null) writeNested(write_grpc_reflection_v1alpha_ExtensionNumberResponse, message.allExtensionNumbersResponse, 42, writer);
  if (message.listServicesResponse !== undefined && message.listServicesResponse !== null) writeNested(write_grpc_reflection_v1alpha_ListServiceResponse, message.listServicesResponse, 50, writer);
  if (message.errorResponse !== undefined && message.errorResponse !== null) writeNested(write_grpc_reflection_v1alpha_ErrorResponse, message.errorResponse, 58, writer);
}

function read_grpc_reflection_v1alpha_ServerReflectionResponse(reader: Reader, end: number, depth: number): grpc_reflection_v1alpha_ServerReflectionResponse__Output {
  const message: grpc_reflection_v1alpha_ServerReflectionResponse__Output = {
    validHost: "",
    originalRequest: null,
  };
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.validHost = reader.string();
        break;
      case 18:
        message.originalRequest = readNested(reader, read_grpc_reflection_v1alpha_ServerReflectionRequest, depth);
        break;
      case 34:
        message.fileDescriptorResponse = readNested(reader, read_grpc_reflection_v1alpha_FileDescriptorResponse, depth);
        if (message.messageResponse !== undefined && message.messageResponse !== "fileDescriptorResponse") delete message[message.messageResponse];
        message.messageResponse = "fileDescriptorResponse";
        break;
      case 42:
        message.allExtensionNumbersResponse = readNested(reader, read_grpc_reflection_v1alpha_ExtensionNumberResponse, depth);
        if (message.messageResponse !== undefined && message.messageResponse !== "allExtensionNumbersResponse") delete message[message.messageResponse];
        message.messageResponse = "allExtensionNumbersResponse";
        break;
      case 50:
        message.listServicesResponse = readNested(reader, read_grpc_reflection_v1alpha_ListServiceResponse, depth);
        if (message.messageResponse !== undefined && message.messageResponse !== "listServicesResponse") delete message[message.messageResponse];
        message.messageResponse = "listServicesResponse";
        break;
      case 58:
        message.errorResponse = readNested(reader, read_grpc_reflection_v1alpha_ErrorResponse, depth);
        if (message.messageResponse !== undefined && message.messageResponse !== "errorResponse") delete message[message.messageResponse];
        message.messageResponse = "errorResponse";
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  return message;
}

function write_grpc_reflection_v1alpha_ServiceResponse(message: grpc_reflection_v1alpha_ServiceResponse, writer: Writer): void {
  if (message.name !== undefined && message.name !== "") writer.uint32(10).string(message.name);
}

function read_grpc_reflection_v1alpha_ServiceResponse(reader: Reader, end: number, depth: number): grpc_reflection_v1alpha_ServiceResponse__Output {
  const message: grpc_reflection_v1alpha_ServiceResponse__Output = {
    name: "",
  };
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 10:
        message.name = reader.string();
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  return message;
}

/** The codec of each message, by its full name. */
export const codecs = {
  "baton.v1.AppendLogsRequest": codecOf(write_baton_v1_AppendLogsRequest, read_baton_v1_AppendLogsRequest),
  "baton.v1.AppendLogsResponse": codecOf(write_baton_v1_AppendLogsResponse, read_baton_v1_AppendLogsResponse),
  "baton.v1.Assignment": codecOf(write_baton_v1_Assignment, read_baton_v1_Assignment),
  "baton.v1.AttachRequest": codecOf(write_baton_v1_AttachRequest, read_baton_v1_AttachRequest),
  "baton.v1.AttachResponse": codecOf(write_baton_v1_AttachResponse, read_baton_v1_AttachResponse),
  "baton.v1.Attempt": codecOf(write_baton_v1_Attempt, read_baton_v1_Attempt),
  "baton.v1.AttemptOutcome": codecOf(write_baton_v1_AttemptOutcome, read_baton_v1_AttemptOutcome),
  "baton.v1.AttemptStarted": codecOf(write_baton_v1_AttemptStarted, read_baton_v1_AttemptStarted),
  "baton.v1.AttemptUsage": codecOf(write_baton_v1_AttemptUsage, read_baton_v1_AttemptUsage),
  "baton.v1.BatchTriggerRequest": codecOf(write_baton_v1_BatchTriggerRequest, read_baton_v1_BatchTriggerRequest),
  "baton.v1.BatchTriggerResponse": codecOf(write_baton_v1_BatchTriggerResponse, read_baton_v1_BatchTriggerResponse),
  "baton.v1.CancelAttempt": codecOf(write_baton_v1_CancelAttempt, read_baton_v1_CancelAttempt),
  "baton.v1.CancelRunRequest": codecOf(write_baton_v1_CancelRunRequest, read_baton_v1_CancelRunRequest),
  "baton.v1.CancelRunResponse": codecOf(write_baton_v1_CancelRunResponse, read_baton_v1_CancelRunResponse),
  "baton.v1.Capacity": codecOf(write_baton_v1_Capacity, read_baton_v1_Capacity),
  "baton.v1.Dispatch": codecOf(write_baton_v1_Dispatch, read_baton_v1_Dispatch),
  "baton.v1.Draining": codecOf(write_baton_v1_Draining, read_baton_v1_Draining),
  "baton.v1.Failure": codecOf(write_baton_v1_Failure, read_baton_v1_Failure),
  "baton.v1.FindRunsRequest": codecOf(write_baton_v1_FindRunsRequest, read_baton_v1_FindRunsRequest),
  "baton.v1.FindRunsResponse": codecOf(write_baton_v1_FindRunsResponse, read_baton_v1_FindRunsResponse),
  "baton.v1.GetRunRequest": codecOf(write_baton_v1_GetRunRequest, read_baton_v1_GetRunRequest),
  "baton.v1.GetRunResponse": codecOf(write_baton_v1_GetRunResponse, read_baton_v1_GetRunResponse),
  "baton.v1.HandedBack": codecOf(write_baton_v1_HandedBack, read_baton_v1_HandedBack),
  "baton.v1.HeldAttempt": codecOf(write_baton_v1_HeldAttempt, read_baton_v1_HeldAttempt),
  "baton.v1.Hello": codecOf(write_baton_v1_Hello, read_baton_v1_Hello),
  "baton.v1.Interruption": codecOf(write_baton_v1_Interruption, read_baton_v1_Interruption),
  "baton.v1.ItemError": codecOf(write_baton_v1_ItemError, read_baton_v1_ItemError),
  "baton.v1.ListRunsRequest": codecOf(write_baton_v1_ListRunsRequest, read_baton_v1_ListRunsRequest),
  "baton.v1.ListRunsResponse": codecOf(write_baton_v1_ListRunsResponse, read_baton_v1_ListRunsResponse),
  "baton.v1.ListTasksRequest": codecOf(write_baton_v1_ListTasksRequest, read_baton_v1_ListTasksRequest),
  "baton.v1.ListTasksResponse": codecOf(write_baton_v1_ListTasksResponse, read_baton_v1_ListTasksResponse),
  "baton.v1.LogEntry": codecOf(write_baton_v1_LogEntry, read_baton_v1_LogEntry),
  "baton.v1.ReadLogsRequest": codecOf(write_baton_v1_ReadLogsRequest, read_baton_v1_ReadLogsRequest),
  "baton.v1.ReadLogsResponse": codecOf(write_baton_v1_ReadLogsResponse, read_baton_v1_ReadLogsResponse),
  "baton.v1.RegisterVersionRequest": codecOf(write_baton_v1_RegisterVersionRequest, read_baton_v1_RegisterVersionRequest),
  "baton.v1.RegisterVersionResponse": codecOf(write_baton_v1_RegisterVersionResponse, read_baton_v1_RegisterVersionResponse),
  "baton.v1.RegisteredTask": codecOf(write_baton_v1_RegisteredTask, read_baton_v1_RegisteredTask),
  "baton.v1.ReplayRunRequest": codecOf(write_baton_v1_ReplayRunRequest, read_baton_v1_ReplayRunRequest),
  "baton.v1.ReplayRunResponse": codecOf(write_baton_v1_ReplayRunResponse, read_baton_v1_ReplayRunResponse),
  "baton.v1.Report": codecOf(write_baton_v1_Report, read_baton_v1_Report),
  "baton.v1.RetryPolicy": codecOf(write_baton_v1_RetryPolicy, read_baton_v1_RetryPolicy),
  "baton.v1.Run": codecOf(write_baton_v1_Run, read_baton_v1_Run),
  "baton.v1.RunLogs": codecOf(write_baton_v1_RunLogs, read_baton_v1_RunLogs),
  "baton.v1.Success": codecOf(write_baton_v1_Success, read_baton_v1_Success),
  "baton.v1.TaskDefinition": codecOf(write_baton_v1_TaskDefinition, read_baton_v1_TaskDefinition),
  "baton.v1.TaskError": codecOf(write_baton_v1_TaskError, read_baton_v1_TaskError),
  "baton.v1.TimelineEntry": codecOf(write_baton_v1_TimelineEntry, read_baton_v1_TimelineEntry),
  "baton.v1.TriggerItem": codecOf(write_baton_v1_TriggerItem, read_baton_v1_TriggerItem),
  "baton.v1.TriggerManyRequest": codecOf(write_baton_v1_TriggerManyRequest, read_baton_v1_TriggerManyRequest),
  "baton.v1.TriggerManyResponse": codecOf(write_baton_v1_TriggerManyResponse, read_baton_v1_TriggerManyResponse),
  "baton.v1.TriggerOptions": codecOf(write_baton_v1_TriggerOptions, read_baton_v1_TriggerOptions),
  "baton.v1.TriggerRequest": codecOf(write_baton_v1_TriggerRequest, read_baton_v1_TriggerRequest),
  "baton.v1.TriggerResponse": codecOf(write_baton_v1_TriggerResponse, read_baton_v1_TriggerResponse),
  "baton.v1.TriggerResult": codecOf(write_baton_v1_TriggerResult, read_baton_v1_TriggerResult),
  "baton.v1.TriggeredRun": codecOf(write_baton_v1_TriggeredRun, read_baton_v1_TriggeredRun),
  "baton.v1.VersionsChanged": codecOf(write_baton_v1_VersionsChanged, read_baton_v1_VersionsChanged),
  "baton.v1.WatchRunsRequest": codecOf(write_baton_v1_WatchRunsRequest, read_baton_v1_WatchRunsRequest),
  "baton.v1.WatchRunsResponse": codecOf(write_baton_v1_WatchRunsResponse, read_baton_v1_WatchRunsResponse),
  "baton.v1.WatchedRun": codecOf(write_baton_v1_WatchedRun, read_baton_v1_WatchedRun),
  "baton.v1.Welcome": codecOf(write_baton_v1_Welcome, read_baton_v1_Welcome),
  "google.protobuf.Any": codecOf(write_google_protobuf_Any, read_google_protobuf_Any),
  "google.protobuf.Duration": codecOf(write_google_protobuf_Duration, read_google_protobuf_Duration),
  "google.protobuf.Timestamp": codecOf(write_google_protobuf_Timestamp, read_google_protobuf_Timestamp),
  "google.rpc.BadRequest": codecOf(write_google_rpc_BadRequest, read_google_rpc_BadRequest),
  "google.rpc.BadRequest.FieldViolation": codecOf(write_google_rpc_BadRequest_FieldViolation, read_google_rpc_BadRequest_FieldViolation),
  "google.rpc.ErrorInfo": codecOf(write_google_rpc_ErrorInfo, read_google_rpc_ErrorInfo),
  "google.rpc.RetryInfo": codecOf(write_google_rpc_RetryInfo, read_google_rpc_RetryInfo),
  "google.rpc.Status": codecOf(write_google_rpc_Status, read_google_rpc_Status),
  "grpc.health.v1.HealthCheckRequest": codecOf(write_grpc_health_v1_HealthCheckRequest, read_grpc_health_v1_HealthCheckRequest),
  "grpc.health.v1.HealthCheckResponse": codecOf(write_grpc_health_v1_HealthCheckResponse, read_grpc_health_v1_HealthCheckResponse),
  "grpc.reflection.v1.ErrorResponse": codecOf(write_grpc_reflection_v1_ErrorResponse, read_grpc_reflection_v1_ErrorResponse),
  "grpc.reflection.v1.ExtensionNumberResponse": codecOf(write_grpc_reflection_v1_ExtensionNumberResponse, read_grpc_reflection_v1_ExtensionNumberResponse),
  "grpc.reflection.v1.ExtensionRequest": codecOf(write_grpc_reflection_v1_ExtensionRequest, read_grpc_reflection_v1_ExtensionRequest),
  "grpc.reflection.v1.FileDescriptorResponse": codecOf(write_grpc_reflection_v1_FileDescriptorResponse, read_grpc_reflection_v1_FileDescriptorResponse),
  "grpc.reflection.v1.ListServiceResponse": codecOf(write_grpc_reflection_v1_ListServiceResponse, read_grpc_reflection_v1_ListServiceResponse),
  "grpc.reflection.v1.ServerReflectionRequest": codecOf(write_grpc_reflection_v1_ServerReflectionRequest, read_grpc_reflection_v1_ServerReflectionRequest),
  "grpc.reflection.v1.ServerReflectionResponse": codecOf(write_grpc_reflection_v1_ServerReflectionResponse, read_grpc_reflection_v1_ServerReflectionResponse),
  "grpc.reflection.v1.ServiceResponse": codecOf(write_grpc_reflection_v1_ServiceResponse, read_grpc_reflection_v1_ServiceResponse),
  "grpc.reflection.v1alpha.ErrorResponse": codecOf(write_grpc_reflection_v1alpha_ErrorResponse, read_grpc_reflection_v1alpha_ErrorResponse),
  "grpc.reflection.v1alpha.ExtensionNumberResponse": codecOf(write_grpc_reflection_v1alpha_ExtensionNumberResponse, read_grpc_reflection_v1alpha_ExtensionNumberResponse),
  "grpc.reflection.v1alpha.ExtensionRequest": codecOf(write_grpc_reflection_v1alpha_ExtensionRequest, read_grpc_reflection_v1alpha_ExtensionRequest),
  "grpc.reflection.v1alpha.FileDescriptorResponse": codecOf(write_grpc_reflection_v1alpha_FileDescriptorResponse, read_grpc_reflection_v1alpha_FileDescriptorResponse),
  "grpc.reflection.v1alpha.ListServiceResponse": codecOf(write_grpc_reflection_v1alpha_ListServiceResponse, read_grpc_reflection_v1alpha_ListServiceResponse),
  "grpc.reflection.v1alpha.ServerReflectionRequest": codecOf(write_grpc_reflection_v1alpha_ServerReflectionRequest, read_grpc_reflection_v1alpha_ServerReflectionRequest),
  "grpc.reflection.v1alpha.ServerReflectionResponse": codecOf(write_grpc_reflection_v1alpha_ServerReflectionResponse, read_grpc_reflection_v1alpha_ServerReflectionResponse),
  "grpc.reflection.v1alpha.ServiceResponse": codecOf(write_grpc_reflection_v1alpha_ServiceResponse, read_grpc_reflection_v1alpha_ServiceResponse),
};

/** What each message may nest, by its full name. */
export const outlines: Readonly<Record<string, MessageOutline>> = {
  "baton.v1.AppendLogsRequest": { messages: { 1: "baton.v1.RunLogs" }, packed: [] },
  "baton.v1.AppendLogsResponse": { messages: {  }, packed: [] },
  "baton.v1.Assignment": { messages: { 8: "google.protobuf.Duration", 15: "google.protobuf.Timestamp", 16: "google.protobuf.Timestamp", 23: "google.protobuf.Duration", 24: "baton.v1.RetryPolicy" }, packed: [] },
  "baton.v1.AttachRequest": { messages: { 1: "baton.v1.Hello", 2: "baton.v1.Report", 3: "baton.v1.VersionsChanged", 4: "baton.v1.Draining" }, packed: [] },
  "baton.v1.AttachResponse": { messages: { 1: "baton.v1.Welcome", 2: "baton.v1.Dispatch" }, packed: [] },
  "baton.v1.Attempt": { messages: { 6: "google.protobuf.Timestamp", 7: "google.protobuf.Timestamp", 8: "google.protobuf.Duration", 9: "baton.v1.TaskError", 10: "google.protobuf.Duration", 11: "baton.v1.AttemptUsage" }, packed: [] },
  "baton.v1.AttemptOutcome": { messages: { 3: "google.protobuf.Timestamp", 4: "google.protobuf.Duration", 6: "google.protobuf.Duration", 7: "baton.v1.Success", 8: "baton.v1.Failure", 9: "baton.v1.Interruption", 10: "google.protobuf.Timestamp", 12: "baton.v1.AttemptUsage" }, packed: [] },
  "baton.v1.AttemptStarted": { messages: { 3: "google.protobuf.Timestamp" }, packed: [] },
  "baton.v1.AttemptUsage": { messages: { 1: "google.protobuf.Duration" }, packed: [] },
  "baton.v1.BatchTriggerRequest": { messages: { 2: "baton.v1.TriggerItem" }, packed: [] },
  "baton.v1.BatchTriggerResponse": { messages: { 2: "baton.v1.TriggeredRun" }, packed: [] },
  "baton.v1.CancelAttempt": { messages: {  }, packed: [] },
  "baton.v1.CancelRunRequest": { messages: {  }, packed: [] },
  "baton.v1.CancelRunResponse": { messages: {  }, packed: [] },
  "baton.v1.Capacity": { messages: {  }, packed: [] },
  "baton.v1.Dispatch": { messages: { 2: "baton.v1.Assignment", 3: "baton.v1.CancelAttempt" }, packed: [] },
  "baton.v1.Draining": { messages: {  }, packed: [] },
  "baton.v1.Failure": { messages: { 1: "baton.v1.TaskError", 2: "google.protobuf.Duration" }, packed: [] },
  "baton.v1.FindRunsRequest": { messages: {  }, packed: [] },
  "baton.v1.FindRunsResponse": { messages: { 1: "baton.v1.Run" }, packed: [] },
  "baton.v1.GetRunRequest": { messages: {  }, packed: [] },
  "baton.v1.GetRunResponse": { messages: { 1: "baton.v1.Run" }, packed: [] },
  "baton.v1.HandedBack": { messages: {  }, packed: [] },
  "baton.v1.HeldAttempt": { messages: {  }, packed: [] },
  "baton.v1.Hello": { messages: { 3: "baton.v1.Capacity", 5: "baton.v1.HeldAttempt" }, packed: [] },
  "baton.v1.Interruption": { messages: {  }, packed: [] },
  "baton.v1.ItemError": { messages: { 5: "google.protobuf.Duration" }, packed: [] },
  "baton.v1.ListRunsRequest": { messages: { 10: "google.protobuf.Timestamp", 11: "google.protobuf.Timestamp" }, packed: [1] },
  "baton.v1.ListRunsResponse": { messages: { 1: "baton.v1.Run" }, packed: [] },
  "baton.v1.ListTasksRequest": { messages: {  }, packed: [] },
  "baton.v1.ListTasksResponse": { messages: { 1: "baton.v1.RegisteredTask" }, packed: [] },
  "baton.v1.LogEntry": { messages: { 1: "google.protobuf.Timestamp" }, packed: [] },
  "baton.v1.ReadLogsRequest": { messages: {  }, packed: [] },
  "baton.v1.ReadLogsResponse": { messages: { 1: "baton.v1.LogEntry" }, packed: [] },
  "baton.v1.RegisterVersionRequest": { messages: { 2: "baton.v1.TaskDefinition" }, packed: [] },
  "baton.v1.RegisterVersionResponse": { messages: {  }, packed: [] },
  "baton.v1.RegisteredTask": { messages: { 1: "baton.v1.TaskDefinition", 3: "google.protobuf.Timestamp" }, packed: [] },
  "baton.v1.ReplayRunRequest": { messages: {  }, packed: [] },
  "baton.v1.ReplayRunResponse": { messages: { 1: "baton.v1.TriggeredRun" }, packed: [] },
  "baton.v1.Report": { messages: { 2: "baton.v1.AttemptStarted", 3: "baton.v1.AttemptOutcome", 4: "baton.v1.HandedBack" }, packed: [] },
  "baton.v1.RetryPolicy": { messages: { 3: "google.protobuf.Duration", 4: "google.protobuf.Duration" }, packed: [] },
  "baton.v1.Run": { messages: { 5: "google.protobuf.Timestamp", 6: "google.protobuf.Timestamp", 7: "google.protobuf.Timestamp", 8: "google.protobuf.Timestamp", 9: "google.protobuf.Timestamp", 10: "google.protobuf.Timestamp", 11: "google.protobuf.Timestamp", 12: "google.protobuf.Timestamp", 13: "google.protobuf.Duration", 17: "google.protobuf.Duration", 30: "baton.v1.Attempt", 31: "baton.v1.TimelineEntry", 32: "baton.v1.TaskError", 37: "google.protobuf.Duration" }, packed: [] },
  "baton.v1.RunLogs": { messages: { 2: "baton.v1.LogEntry" }, packed: [] },
  "baton.v1.Success": { messages: {  }, packed: [] },
  "baton.v1.TaskDefinition": { messages: { 8: "google.protobuf.Duration", 9: "baton.v1.RetryPolicy", 10: "google.protobuf.Duration" }, packed: [] },
  "baton.v1.TaskError": { messages: { 7: "baton.v1.TaskError", 8: "baton.v1.TaskError" }, packed: [] },
  "baton.v1.TimelineEntry": { messages: { 2: "google.protobuf.Timestamp" }, packed: [] },
  "baton.v1.TriggerItem": { messages: { 3: "baton.v1.TriggerOptions" }, packed: [] },
  "baton.v1.TriggerManyRequest": { messages: { 1: "baton.v1.TriggerItem" }, packed: [] },
  "baton.v1.TriggerManyResponse": { messages: { 1: "baton.v1.TriggerResult" }, packed: [] },
  "baton.v1.TriggerOptions": { messages: { 7: "google.protobuf.Duration" }, packed: [] },
  "baton.v1.TriggerRequest": { messages: { 1: "baton.v1.TriggerItem" }, packed: [] },
  "baton.v1.TriggerResponse": { messages: { 1: "baton.v1.TriggeredRun" }, packed: [] },
  "baton.v1.TriggerResult": { messages: { 1: "baton.v1.TriggeredRun", 2: "baton.v1.ItemError" }, packed: [] },
  "baton.v1.TriggeredRun": { messages: {  }, packed: [] },
  "baton.v1.VersionsChanged": { messages: {  }, packed: [] },
  "baton.v1.WatchRunsRequest": { messages: { 1: "baton.v1.WatchedRun" }, packed: [] },
  "baton.v1.WatchRunsResponse": { messages: { 1: "baton.v1.Run" }, packed: [] },
  "baton.v1.WatchedRun": { messages: {  }, packed: [] },
  "baton.v1.Welcome": { messages: { 2: "google.protobuf.Duration" }, packed: [] },
  "google.protobuf.Any": { messages: {  }, packed: [] },
  "google.protobuf.Duration": { messages: {  }, packed: [] },
  "google.protobuf.Timestamp": { messages: {  }, packed: [] },
  "google.rpc.BadRequest": { messages: { 1: "google.rpc.BadRequest.FieldViolation" }, packed: [] },
  "google.rpc.BadRequest.FieldViolation": { messages: {  }, packed: [] },
  "google.rpc.ErrorInfo": { messages: {  }, packed: [] },
  "google.rpc.RetryInfo": { messages: { 1: "google.protobuf.Duration" }, packed: [] },
  "google.rpc.Status": { messages: { 3: "google.protobuf.Any" }, packed: [] },
  "grpc.health.v1.HealthCheckRequest": { messages: {  }, packed: [] },
  "grpc.health.v1.HealthCheckResponse": { messages: {  }, packed: [] },
  "grpc.reflection.v1.ErrorResponse": { messages: {  }, packed: [] },
  "grpc.reflection.v1.ExtensionNumberResponse": { messages: {  }, packed: [2] },
  "grpc.reflection.v1.ExtensionRequest": { messages: {  }, packed: [] },
  "grpc.reflection.v1.FileDescriptorResponse": { messages: {  }, packed: [] },
  "grpc.reflection.v1.ListServiceResponse": { messages: { 1: "grpc.reflection.v1.ServiceResponse" }, packed: [] },
  "grpc.reflection.v1.ServerReflectionRequest": { messages: { 5: "grpc.reflection.v1.ExtensionRequest" }, packed: [] },
  "grpc.reflection.v1.ServerReflectionResponse": { messages: { 2: "grpc.reflection.v1.ServerReflectionRequest", 4: "grpc.reflection.v1.FileDescriptorResponse", 5: "grpc.reflection.v1.ExtensionNumberResponse", 6: "grpc.reflection.v1.ListServiceResponse", 7: "grpc.reflection.v1.ErrorResponse" }, packed: [] },
  "grpc.reflection.v1.ServiceResponse": { messages: {  }, packed: [] },
  "grpc.reflection.v1alpha.ErrorResponse": { messages: {  }, packed: [] },
  "grpc.reflection.v1alpha.ExtensionNumberResponse": { messages: {  }, packed: [2] },
  "grpc.reflection.v1alpha.ExtensionRequest": { messages: {  }, packed: [] },
  "grpc.reflection.v1alpha.FileDescriptorResponse": { messages: {  }, packed: [] },
  "grpc.reflection.v1alpha.ListServiceResponse": { messages: { 1: "grpc.reflection.v1alpha.ServiceResponse" }, packed: [] },
  "grpc.reflection.v1alpha.ServerReflectionRequest": { messages: { 5: "grpc.reflection.v1alpha.ExtensionRequest" }, packed: [] },
  "grpc.reflection.v1alpha.ServerReflectionResponse": { messages: { 2: "grpc.reflection.v1alpha.ServerReflectionRequest", 4: "grpc.reflection.v1alpha.FileDescriptorResponse", 5: "grpc.reflection.v1alpha.ExtensionNumberResponse", 6: "grpc.reflection.v1alpha.ListServiceResponse", 7: "grpc.reflection.v1alpha.ErrorResponse" }, packed: [] },
  "grpc.reflection.v1alpha.ServiceResponse": { messages: {  }, packed: [] },
};

/** The methods of baton.v1.LogService. */
export const baton_v1_LogService = {
  AppendLogs: methodOf("/baton.v1.LogService/AppendLogs", false, false, "baton.v1.AppendLogsRequest", codecs["baton.v1.AppendLogsRequest"], codecs["baton.v1.AppendLogsResponse"]),
  ReadLogs: methodOf("/baton.v1.LogService/ReadLogs", false, true, "baton.v1.ReadLogsRequest", codecs["baton.v1.ReadLogsRequest"], codecs["baton.v1.ReadLogsResponse"]),
};

/** The methods of baton.v1.RunService. */
export const baton_v1_RunService = {
  Trigger: methodOf("/baton.v1.RunService/Trigger", false, false, "baton.v1.TriggerRequest", codecs["baton.v1.TriggerRequest"], codecs["baton.v1.TriggerResponse"]),
  TriggerMany: methodOf("/baton.v1.RunService/TriggerMany", false, false, "baton.v1.TriggerManyRequest", codecs["baton.v1.TriggerManyRequest"], codecs["baton.v1.TriggerManyResponse"]),
  BatchTrigger: methodOf("/baton.v1.RunService/BatchTrigger", false, false, "baton.v1.BatchTriggerRequest", codecs["baton.v1.BatchTriggerRequest"], codecs["baton.v1.BatchTriggerResponse"]),
  GetRun: methodOf("/baton.v1.RunService/GetRun", false, false, "baton.v1.GetRunRequest", codecs["baton.v1.GetRunRequest"], codecs["baton.v1.GetRunResponse"]),
  ListRuns: methodOf("/baton.v1.RunService/ListRuns", false, false, "baton.v1.ListRunsRequest", codecs["baton.v1.ListRunsRequest"], codecs["baton.v1.ListRunsResponse"]),
  FindRuns: methodOf("/baton.v1.RunService/FindRuns", false, false, "baton.v1.FindRunsRequest", codecs["baton.v1.FindRunsRequest"], codecs["baton.v1.FindRunsResponse"]),
  CancelRun: methodOf("/baton.v1.RunService/CancelRun", false, false, "baton.v1.CancelRunRequest", codecs["baton.v1.CancelRunRequest"], codecs["baton.v1.CancelRunResponse"]),
  ReplayRun: methodOf("/baton.v1.RunService/ReplayRun", false, false, "baton.v1.ReplayRunRequest", codecs["baton.v1.ReplayRunRequest"], codecs["baton.v1.ReplayRunResponse"]),
  WatchRuns: methodOf("/baton.v1.RunService/WatchRuns", true, true, "baton.v1.WatchRunsRequest", codecs["baton.v1.WatchRunsRequest"], codecs["baton.v1.WatchRunsResponse"]),
};

/** The methods of baton.v1.RunnerService. */
export const baton_v1_RunnerService = {
  RegisterVersion: methodOf("/baton.v1.RunnerService/RegisterVersion", false, false, "baton.v1.RegisterVersionRequest", codecs["baton.v1.RegisterVersionRequest"], codecs["baton.v1.RegisterVersionResponse"]),
  Attach: methodOf("/baton.v1.RunnerService/Attach", true, true, "baton.v1.AttachRequest", codecs["baton.v1.AttachRequest"], codecs["baton.v1.AttachResponse"]),
};

/** The methods of baton.v1.TaskService. */
export const baton_v1_TaskService = {
  ListTasks: methodOf("/baton.v1.TaskService/ListTasks", false, false, "baton.v1.ListTasksRequest", codecs["baton.v1.ListTasksRequest"], codecs["baton.v1.ListTasksResponse"]),
};

/** The methods of grpc.health.v1.Health. */
export const grpc_health_v1_Health = {
  Check: methodOf("/grpc.health.v1.Health/Check", false, false, "grpc.health.v1.HealthCheckRequest", codecs["grpc.health.v1.HealthCheckRequest"], codecs["grpc.health.v1.HealthCheckResponse"]),
  Watch: methodOf("/grpc.health.v1.Health/Watch", false, true, "grpc.health.v1.HealthCheckRequest", codecs["grpc.health.v1.HealthCheckRequest"], codecs["grpc.health.v1.HealthCheckResponse"]),
};

/** The methods of grpc.reflection.v1.ServerReflection. */
export const grpc_reflection_v1_ServerReflection = {
  ServerReflectionInfo: methodOf("/grpc.reflection.v1.ServerReflection/ServerReflectionInfo", true, true, "grpc.reflection.v1.ServerReflectionRequest", codecs["grpc.reflection.v1.ServerReflectionRequest"], codecs["grpc.reflection.v1.ServerReflectionResponse"]),
};

/** The methods of grpc.reflection.v1alpha.ServerReflection. */
export const grpc_reflection_v1alpha_ServerReflection = {
  ServerReflectionInfo: methodOf("/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", true, true, "grpc.reflection.v1alpha.ServerReflectionRequest", codecs["grpc.reflection.v1alpha.ServerReflectionRequest"], codecs["grpc.reflection.v1alpha.ServerReflectionResponse"]),
};
