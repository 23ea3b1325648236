// Original file: baton/v1/log_service.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { AppendLogsRequest as _baton_v1_AppendLogsRequest, AppendLogsRequest__Output as _baton_v1_AppendLogsRequest__Output } from '../../baton/v1/AppendLogsRequest.ts';
import type { AppendLogsResponse as _baton_v1_AppendLogsResponse, AppendLogsResponse__Output as _baton_v1_AppendLogsResponse__Output } from '../../baton/v1/AppendLogsResponse.ts';
import type { ReadLogsRequest as _baton_v1_ReadLogsRequest, ReadLogsRequest__Output as _baton_v1_ReadLogsRequest__Output } from '../../baton/v1/ReadLogsRequest.ts';
import type { ReadLogsResponse as _baton_v1_ReadLogsResponse, ReadLogsResponse__Output as _baton_v1_ReadLogsResponse__Output } from '../../baton/v1/ReadLogsResponse.ts';

export interface LogServiceClient extends grpc.Client {
  AppendLogs(argument: _baton_v1_AppendLogsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_AppendLogsResponse__Output>): grpc.ClientUnaryCall;
  AppendLogs(argument: _baton_v1_AppendLogsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_baton_v1_AppendLogsResponse__Output>): grpc.ClientUnaryCall;
  AppendLogs(argument: _baton_v1_AppendLogsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_AppendLogsResponse__Output>): grpc.ClientUnaryCall;
  AppendLogs(argument: _baton_v1_AppendLogsRequest, callback: grpc.requestCallback<_baton_v1_AppendLogsResponse__Output>): grpc.ClientUnaryCall;
  appendLogs(argument: _baton_v1_AppendLogsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_AppendLogsResponse__Output>): grpc.ClientUnaryCall;
  appendLogs(argument: _baton_v1_AppendLogsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_baton_v1_AppendLogsResponse__Output>): grpc.ClientUnaryCall;
  appendLogs(argument: _baton_v1_AppendLogsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_AppendLogsResponse__Output>): grpc.ClientUnaryCall;
  appendLogs(argument: _baton_v1_AppendLogsRequest, callback: grpc.requestCallback<_baton_v1_AppendLogsResponse__Output>): grpc.ClientUnaryCall;
  
  ReadLogs(argument: _baton_v1_ReadLogsRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_baton_v1_ReadLogsResponse__Output>;
  ReadLogs(argument: _baton_v1_ReadLogsRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_baton_v1_ReadLogsResponse__Output>;
  readLogs(argument: _baton_v1_ReadLogsRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_baton_v1_ReadLogsResponse__Output>;
  readLogs(argument: _baton_v1_ReadLogsRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_baton_v1_ReadLogsResponse__Output>;
  
}

export interface LogServiceHandlers extends grpc.UntypedServiceImplementation {
  AppendLogs: grpc.handleUnaryCall<_baton_v1_AppendLogsRequest__Output, _baton_v1_AppendLogsResponse>;
  
  ReadLogs: grpc.handleServerStreamingCall<_baton_v1_ReadLogsRequest__Output, _baton_v1_ReadLogsResponse>;
  
}

export interface LogServiceDefinition extends grpc.ServiceDefinition {
  AppendLogs: MethodDefinition<_baton_v1_AppendLogsRequest, _baton_v1_AppendLogsResponse, _baton_v1_AppendLogsRequest__Output, _baton_v1_AppendLogsResponse__Output>
  ReadLogs: MethodDefinition<_baton_v1_ReadLogsRequest, _baton_v1_ReadLogsResponse, _baton_v1_ReadLogsRequest__Output, _baton_v1_ReadLogsResponse__Output>
}
