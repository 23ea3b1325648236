// Original file: baton/v1/task_service.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { ListTasksRequest as _baton_v1_ListTasksRequest, ListTasksRequest__Output as _baton_v1_ListTasksRequest__Output } from '../../baton/v1/ListTasksRequest.ts';
import type { ListTasksResponse as _baton_v1_ListTasksResponse, ListTasksResponse__Output as _baton_v1_ListTasksResponse__Output } from '../../baton/v1/ListTasksResponse.ts';

export interface TaskServiceClient extends grpc.Client {
  ListTasks(argument: _baton_v1_ListTasksRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_ListTasksResponse__Output>): grpc.ClientUnaryCall;
  ListTasks(argument: _baton_v1_ListTasksRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_baton_v1_ListTasksResponse__Output>): grpc.ClientUnaryCall;
  ListTasks(argument: _baton_v1_ListTasksRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_ListTasksResponse__Output>): grpc.ClientUnaryCall;
  ListTasks(argument: _baton_v1_ListTasksRequest, callback: grpc.requestCallback<_baton_v1_ListTasksResponse__Output>): grpc.ClientUnaryCall;
  listTasks(argument: _baton_v1_ListTasksRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_ListTasksResponse__Output>): grpc.ClientUnaryCall;
  listTasks(argument: _baton_v1_ListTasksRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_baton_v1_ListTasksResponse__Output>): grpc.ClientUnaryCall;
  listTasks(argument: _baton_v1_ListTasksRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_ListTasksResponse__Output>): grpc.ClientUnaryCall;
  listTasks(argument: _baton_v1_ListTasksRequest, callback: grpc.requestCallback<_baton_v1_ListTasksResponse__Output>): grpc.ClientUnaryCall;
  
}

export interface TaskServiceHandlers extends grpc.UntypedServiceImplementation {
  ListTasks: grpc.handleUnaryCall<_baton_v1_ListTasksRequest__Output, _baton_v1_ListTasksResponse>;
  
}

export interface TaskServiceDefinition extends grpc.ServiceDefinition {
  ListTasks: MethodDefinition<_baton_v1_ListTasksRequest, _baton_v1_ListTasksResponse, _baton_v1_ListTasksRequest__Output, _baton_v1_ListTasksResponse__Output>
}
