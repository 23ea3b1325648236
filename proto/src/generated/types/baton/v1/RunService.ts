// Original file: baton/v1/run_service.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { BatchTriggerRequest as _baton_v1_BatchTriggerRequest, BatchTriggerRequest__Output as _baton_v1_BatchTriggerRequest__Output } from '../../baton/v1/BatchTriggerRequest.ts';
import type { BatchTriggerResponse as _baton_v1_BatchTriggerResponse, BatchTriggerResponse__Output as _baton_v1_BatchTriggerResponse__Output } from '../../baton/v1/BatchTriggerResponse.ts';
import type { CancelRunRequest as _baton_v1_CancelRunRequest, CancelRunRequest__Output as _baton_v1_CancelRunRequest__Output } from '../../baton/v1/CancelRunRequest.ts';
import type { CancelRunResponse as _baton_v1_CancelRunResponse, CancelRunResponse__Output as _baton_v1_CancelRunResponse__Output } from '../../baton/v1/CancelRunResponse.ts';
import type { FindRunsRequest as _baton_v1_FindRunsRequest, FindRunsRequest__Output as _baton_v1_FindRunsRequest__Output } from '../../baton/v1/FindRunsRequest.ts';
import type { FindRunsResponse as _baton_v1_FindRunsResponse, FindRunsResponse__Output as _baton_v1_FindRunsResponse__Output } from '../../baton/v1/FindRunsResponse.ts';
import type { GetRunRequest as _baton_v1_GetRunRequest, GetRunRequest__Output as _baton_v1_GetRunRequest__Output } from '../../baton/v1/GetRunRequest.ts';
import type { GetRunResponse as _baton_v1_GetRunResponse, GetRunResponse__Output as _baton_v1_GetRunResponse__Output } from '../../baton/v1/GetRunResponse.ts';
import type { ListRunsRequest as _baton_v1_ListRunsRequest, ListRunsRequest__Output as _baton_v1_ListRunsRequest__Output } from '../../baton/v1/ListRunsRequest.ts';
import type { ListRunsResponse as _baton_v1_ListRunsResponse, ListRunsResponse__Output as _baton_v1_ListRunsResponse__Output } from '../../baton/v1/ListRunsResponse.ts';
import type { ReplayRunRequest as _baton_v1_ReplayRunRequest, ReplayRunRequest__Output as _baton_v1_ReplayRunRequest__Output } from '../../baton/v1/ReplayRunRequest.ts';
import type { ReplayRunResponse as _baton_v1_ReplayRunResponse, ReplayRunResponse__Output as _baton_v1_ReplayRunResponse__Output } from '../../baton/v1/ReplayRunResponse.ts';
import type { TriggerManyRequest as _baton_v1_TriggerManyRequest, TriggerManyRequest__Output as _baton_v1_TriggerManyRequest__Output } from '../../baton/v1/TriggerManyRequest.ts';
import type { TriggerManyResponse as _baton_v1_TriggerManyResponse, TriggerManyResponse__Output as _baton_v1_TriggerManyResponse__Output } from '../../baton/v1/TriggerManyResponse.ts';
import type { TriggerRequest as _baton_v1_TriggerRequest, TriggerRequest__Output as _baton_v1_TriggerRequest__Output } from '../../baton/v1/TriggerRequest.ts';
import type { TriggerResponse as _baton_v1_TriggerResponse, TriggerResponse__Output as _baton_v1_TriggerResponse__Output } from '../../baton/v1/TriggerResponse.ts';
import type { WatchRunsRequest as _baton_v1_WatchRunsRequest, WatchRunsRequest__Output as _baton_v1_WatchRunsRequest__Output } from '../../baton/v1/WatchRunsRequest.ts';
import type { WatchRunsResponse as _baton_v1_WatchRunsResponse, WatchRunsResponse__Output as _baton_v1_WatchRunsResponse__Output } from '../../baton/v1/WatchRunsResponse.ts';

export interface RunServiceClient extends grpc.Client {
  BatchTrigger(argument: _baton_v1_BatchTriggerRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_BatchTriggerResponse__Output>): grpc.ClientUnaryCall;
  BatchTrigger(argument: _baton_v1_BatchTriggerRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_baton_v1_BatchTriggerResponse__Output>): grpc.ClientUnaryCall;
  BatchTrigger(argument: _baton_v1_BatchTriggerRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_BatchTriggerResponse__Output>): grpc.ClientUnaryCall;
  BatchTrigger(argument: _baton_v1_BatchTriggerRequest, callback: grpc.requestCallback<_baton_v1_BatchTriggerResponse__Output>): grpc.ClientUnaryCall;
  batchTrigger(argument: _baton_v1_BatchTriggerRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_BatchTriggerResponse__Output>): grpc.ClientUnaryCall;
  batchTrigger(argument: _baton_v1_BatchTriggerRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_baton_v1_BatchTriggerResponse__Output>): grpc.ClientUnaryCall;
  batchTrigger(argument: _baton_v1_BatchTriggerRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_BatchTriggerResponse__Output>): grpc.ClientUnaryCall;
  batchTrigger(argument: _baton_v1_BatchTriggerRequest, callback: grpc.requestCallback<_baton_v1_BatchTriggerResponse__Output>): grpc.ClientUnaryCall;
  
  CancelRun(argument: _baton_v1_CancelRunRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_CancelRunResponse__Output>): grpc.ClientUnaryCall;
  CancelRun(argument: _baton_v1_CancelRunRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_baton_v1_CancelRunResponse__Output>): grpc.ClientUnaryCall;
  CancelRun(argument: _baton_v1_CancelRunRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_CancelRunResponse__Output>): grpc.ClientUnaryCall;
  CancelRun(argument: _baton_v1_CancelRunRequest, callback: grpc.requestCallback<_baton_v1_CancelRunResponse__Output>): grpc.ClientUnaryCall;
  cancelRun(argument: _baton_v1_CancelRunRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_CancelRunResponse__Output>): grpc.ClientUnaryCall;
  cancelRun(argument: _baton_v1_CancelRunRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_baton_v1_CancelRunResponse__Output>): grpc.ClientUnaryCall;
  cancelRun(argument: _baton_v1_CancelRunRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_CancelRunResponse__Output>): grpc.ClientUnaryCall;
  cancelRun(argument: _baton_v1_CancelRunRequest, callback: grpc.requestCallback<_baton_v1_CancelRunResponse__Output>): grpc.ClientUnaryCall;
  
  FindRuns(argument: _baton_v1_FindRunsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_FindRunsResponse__Output>): grpc.ClientUnaryCall;
  FindRuns(argument: _baton_v1_FindRunsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_baton_v1_FindRunsResponse__Output>): grpc.ClientUnaryCall;
  FindRuns(argument: _baton_v1_FindRunsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_FindRunsResponse__Output>): grpc.ClientUnaryCall;
  FindRuns(argument: _baton_v1_FindRunsRequest, callback: grpc.requestCallback<_baton_v1_FindRunsResponse__Output>): grpc.ClientUnaryCall;
  findRuns(argument: _baton_v1_FindRunsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_FindRunsResponse__Output>): grpc.ClientUnaryCall;
  findRuns(argument: _baton_v1_FindRunsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_baton_v1_FindRunsResponse__Output>): grpc.ClientUnaryCall;
  findRuns(argument: _baton_v1_FindRunsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_FindRunsResponse__Output>): grpc.ClientUnaryCall;
  findRuns(argument: _baton_v1_FindRunsRequest, callback: grpc.requestCallback<_baton_v1_FindRunsResponse__Output>): grpc.ClientUnaryCall;
  
  GetRun(argument: _baton_v1_GetRunRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_GetRunResponse__Output>): grpc.ClientUnaryCall;
  GetRun(argument: _baton_v1_GetRunRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_baton_v1_GetRunResponse__Output>): grpc.ClientUnaryCall;
  GetRun(argument: _baton_v1_GetRunRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_GetRunResponse__Output>): grpc.ClientUnaryCall;
  GetRun(argument: _baton_v1_GetRunRequest, callback: grpc.requestCallback<_baton_v1_GetRunResponse__Output>): grpc.ClientUnaryCall;
  getRun(argument: _baton_v1_GetRunRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_GetRunResponse__Output>): grpc.ClientUnaryCall;
  getRun(argument: _baton_v1_GetRunRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_baton_v1_GetRunResponse__Output>): grpc.ClientUnaryCall;
  getRun(argument: _baton_v1_GetRunRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_GetRunResponse__Output>): grpc.ClientUnaryCall;
  getRun(argument: _baton_v1_GetRunRequest, callback: grpc.requestCallback<_baton_v1_GetRunResponse__Output>): grpc.ClientUnaryCall;
  
  ListRuns(argument: _baton_v1_ListRunsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_ListRunsResponse__Output>): grpc.ClientUnaryCall;
  ListRuns(argument: _baton_v1_ListRunsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_baton_v1_ListRunsResponse__Output>): grpc.ClientUnaryCall;
  ListRuns(argument: _baton_v1_ListRunsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_ListRunsResponse__Output>): grpc.ClientUnaryCall;
  ListRuns(argument: _baton_v1_ListRunsRequest, callback: grpc.requestCallback<_baton_v1_ListRunsResponse__Output>): grpc.ClientUnaryCall;
  listRuns(argument: _baton_v1_ListRunsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_ListRunsResponse__Output>): grpc.ClientUnaryCall;
  listRuns(argument: _baton_v1_ListRunsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_baton_v1_ListRunsResponse__Output>): grpc.ClientUnaryCall;
  listRuns(argument: _baton_v1_ListRunsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_ListRunsResponse__Output>): grpc.ClientUnaryCall;
  listRuns(argument: _baton_v1_ListRunsRequest, callback: grpc.requestCallback<_baton_v1_ListRunsResponse__Output>): grpc.ClientUnaryCall;
  
  ReplayRun(argument: _baton_v1_ReplayRunRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_ReplayRunResponse__Output>): grpc.ClientUnaryCall;
  ReplayRun(argument: _baton_v1_ReplayRunRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_baton_v1_ReplayRunResponse__Output>): grpc.ClientUnaryCall;
  ReplayRun(argument: _baton_v1_ReplayRunRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_ReplayRunResponse__Output>): grpc.ClientUnaryCall;
  ReplayRun(argument: _baton_v1_ReplayRunRequest, callback: grpc.requestCallback<_baton_v1_ReplayRunResponse__Output>): grpc.ClientUnaryCall;
  replayRun(argument: _baton_v1_ReplayRunRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_ReplayRunResponse__Output>): grpc.ClientUnaryCall;
  replayRun(argument: _baton_v1_ReplayRunRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_baton_v1_ReplayRunResponse__Output>): grpc.ClientUnaryCall;
  replayRun(argument: _baton_v1_ReplayRunRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_ReplayRunResponse__Output>): grpc.ClientUnaryCall;
  replayRun(argument: _baton_v1_ReplayRunRequest, callback: grpc.requestCallback<_baton_v1_ReplayRunResponse__Output>): grpc.ClientUnaryCall;
  
  Trigger(argument: _baton_v1_TriggerRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_TriggerResponse__Output>): grpc.ClientUnaryCall;
  Trigger(argument: _baton_v1_TriggerRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_baton_v1_TriggerResponse__Output>): grpc.ClientUnaryCall;
  Trigger(argument: _baton_v1_TriggerRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_TriggerResponse__Output>): grpc.ClientUnaryCall;
  Trigger(argument: _baton_v1_TriggerRequest, callback: grpc.requestCallback<_baton_v1_TriggerResponse__Output>): grpc.ClientUnaryCall;
  trigger(argument: _baton_v1_TriggerRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_TriggerResponse__Output>): grpc.ClientUnaryCall;
  trigger(argument: _baton_v1_TriggerRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_baton_v1_TriggerResponse__Output>): grpc.ClientUnaryCall;
  trigger(argument: _baton_v1_TriggerRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_TriggerResponse__Output>): grpc.ClientUnaryCall;
  trigger(argument: _baton_v1_TriggerRequest, callback: grpc.requestCallback<_baton_v1_TriggerResponse__Output>): grpc.ClientUnaryCall;
  
  TriggerMany(argument: _baton_v1_TriggerManyRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_TriggerManyResponse__Output>): grpc.ClientUnaryCall;
  TriggerMany(argument: _baton_v1_TriggerManyRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_baton_v1_TriggerManyResponse__Output>): grpc.ClientUnaryCall;
  TriggerMany(argument: _baton_v1_TriggerManyRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_TriggerManyResponse__Output>): grpc.ClientUnaryCall;
  TriggerMany(argument: _baton_v1_TriggerManyRequest, callback: grpc.requestCallback<_baton_v1_TriggerManyResponse__Output>): grpc.ClientUnaryCall;
  triggerMany(argument: _baton_v1_TriggerManyRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_TriggerManyResponse__Output>): grpc.ClientUnaryCall;
  triggerMany(argument: _baton_v1_TriggerManyRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_baton_v1_TriggerManyResponse__Output>): grpc.ClientUnaryCall;
  triggerMany(argument: _baton_v1_TriggerManyRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_TriggerManyResponse__Output>): grpc.ClientUnaryCall;
  triggerMany(argument: _baton_v1_TriggerManyRequest, callback: grpc.requestCallback<_baton_v1_TriggerManyResponse__Output>): grpc.ClientUnaryCall;
  
  WatchRuns(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_baton_v1_WatchRunsRequest, _baton_v1_WatchRunsResponse__Output>;
  WatchRuns(options?: grpc.CallOptions): grpc.ClientDuplexStream<_baton_v1_WatchRunsRequest, _baton_v1_WatchRunsResponse__Output>;
  watchRuns(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_baton_v1_WatchRunsRequest, _baton_v1_WatchRunsResponse__Output>;
  watchRuns(options?: grpc.CallOptions): grpc.ClientDuplexStream<_baton_v1_WatchRunsRequest, _baton_v1_WatchRunsResponse__Output>;
  
}

export interface RunServiceHandlers extends grpc.UntypedServiceImplementation {
  BatchTrigger: grpc.handleUnaryCall<_baton_v1_BatchTriggerRequest__Output, _baton_v1_BatchTriggerResponse>;
  
  CancelRun: grpc.handleUnaryCall<_baton_v1_CancelRunRequest__Output, _baton_v1_CancelRunResponse>;
  
  FindRuns: grpc.handleUnaryCall<_baton_v1_FindRunsRequest__Output, _baton_v1_FindRunsResponse>;
  
  GetRun: grpc.handleUnaryCall<_baton_v1_GetRunRequest__Output, _baton_v1_GetRunResponse>;
  
  ListRuns: grpc.handleUnaryCall<_baton_v1_ListRunsRequest__Output, _baton_v1_ListRunsResponse>;
  
  ReplayRun: grpc.handleUnaryCall<_baton_v1_ReplayRunRequest__Output, _baton_v1_ReplayRunResponse>;
  
  Trigger: grpc.handleUnaryCall<_baton_v1_TriggerRequest__Output, _baton_v1_TriggerResponse>;
  
  TriggerMany: grpc.handleUnaryCall<_baton_v1_TriggerManyRequest__Output, _baton_v1_TriggerManyResponse>;
  
  WatchRuns: grpc.handleBidiStreamingCall<_baton_v1_WatchRunsRequest__Output, _baton_v1_WatchRunsResponse>;
  
}

export interface RunServiceDefinition extends grpc.ServiceDefinition {
  BatchTrigger: MethodDefinition<_baton_v1_BatchTriggerRequest, _baton_v1_BatchTriggerResponse, _baton_v1_BatchTriggerRequest__Output, _baton_v1_BatchTriggerResponse__Output>
  CancelRun: MethodDefinition<_baton_v1_CancelRunRequest, _baton_v1_CancelRunResponse, _baton_v1_CancelRunRequest__Output, _baton_v1_CancelRunResponse__Output>
  FindRuns: MethodDefinition<_baton_v1_FindRunsRequest, _baton_v1_FindRunsResponse, _baton_v1_FindRunsRequest__Output, _baton_v1_FindRunsResponse__Output>
  GetRun: MethodDefinition<_baton_v1_GetRunRequest, _baton_v1_GetRunResponse, _baton_v1_GetRunRequest__Output, _baton_v1_GetRunResponse__Output>
  ListRuns: MethodDefinition<_baton_v1_ListRunsRequest, _baton_v1_ListRunsResponse, _baton_v1_ListRunsRequest__Output, _baton_v1_ListRunsResponse__Output>
  ReplayRun: MethodDefinition<_baton_v1_ReplayRunRequest, _baton_v1_ReplayRunResponse, _baton_v1_ReplayRunRequest__Output, _baton_v1_ReplayRunResponse__Output>
  Trigger: MethodDefinition<_baton_v1_TriggerRequest, _baton_v1_TriggerResponse, _baton_v1_TriggerRequest__Output, _baton_v1_TriggerResponse__Output>
  TriggerMany: MethodDefinition<_baton_v1_TriggerManyRequest, _baton_v1_TriggerManyResponse, _baton_v1_TriggerManyRequest__Output, _baton_v1_TriggerManyResponse__Output>
  WatchRuns: MethodDefinition<_baton_v1_WatchRunsRequest, _baton_v1_WatchRunsResponse, _baton_v1_WatchRunsRequest__Output, _baton_v1_WatchRunsResponse__Output>
}
