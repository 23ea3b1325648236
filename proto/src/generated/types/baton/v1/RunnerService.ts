// Original file: baton/v1/runner_service.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { AttachRequest as _baton_v1_AttachRequest, AttachRequest__Output as _baton_v1_AttachRequest__Output } from '../../baton/v1/AttachRequest.ts';
import type { AttachResponse as _baton_v1_AttachResponse, AttachResponse__Output as _baton_v1_AttachResponse__Output } from '../../baton/v1/AttachResponse.ts';
import type { RegisterVersionRequest as _baton_v1_RegisterVersionRequest, RegisterVersionRequest__Output as _baton_v1_RegisterVersionRequest__Output } from '../../baton/v1/RegisterVersionRequest.ts';
import type { RegisterVersionResponse as _baton_v1_RegisterVersionResponse, RegisterVersionResponse__Output as _baton_v1_RegisterVersionResponse__Output } from '../../baton/v1/RegisterVersionResponse.ts';

export interface RunnerServiceClient extends grpc.Client {
  Attach(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_baton_v1_AttachRequest, _baton_v1_AttachResponse__Output>;
  Attach(options?: grpc.CallOptions): grpc.ClientDuplexStream<_baton_v1_AttachRequest, _baton_v1_AttachResponse__Output>;
  attach(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_baton_v1_AttachRequest, _baton_v1_AttachResponse__Output>;
  attach(options?: grpc.CallOptions): grpc.ClientDuplexStream<_baton_v1_AttachRequest, _baton_v1_AttachResponse__Output>;
  
  RegisterVersion(argument: _baton_v1_RegisterVersionRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_RegisterVersionResponse__Output>): grpc.ClientUnaryCall;
  RegisterVersion(argument: _baton_v1_RegisterVersionRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_baton_v1_RegisterVersionResponse__Output>): grpc.ClientUnaryCall;
  RegisterVersion(argument: _baton_v1_RegisterVersionRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_RegisterVersionResponse__Output>): grpc.ClientUnaryCall;
  RegisterVersion(argument: _baton_v1_RegisterVersionRequest, callback: grpc.requestCallback<_baton_v1_RegisterVersionResponse__Output>): grpc.ClientUnaryCall;
  registerVersion(argument: _baton_v1_RegisterVersionRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_RegisterVersionResponse__Output>): grpc.ClientUnaryCall;
  registerVersion(argument: _baton_v1_RegisterVersionRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_baton_v1_RegisterVersionResponse__Output>): grpc.ClientUnaryCall;
  registerVersion(argument: _baton_v1_RegisterVersionRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_baton_v1_RegisterVersionResponse__Output>): grpc.ClientUnaryCall;
  registerVersion(argument: _baton_v1_RegisterVersionRequest, callback: grpc.requestCallback<_baton_v1_RegisterVersionResponse__Output>): grpc.ClientUnaryCall;
  
}

export interface RunnerServiceHandlers extends grpc.UntypedServiceImplementation {
  Attach: grpc.handleBidiStreamingCall<_baton_v1_AttachRequest__Output, _baton_v1_AttachResponse>;
  
  RegisterVersion: grpc.handleUnaryCall<_baton_v1_RegisterVersionRequest__Output, _baton_v1_RegisterVersionResponse>;
  
}

export interface RunnerServiceDefinition extends grpc.ServiceDefinition {
  Attach: MethodDefinition<_baton_v1_AttachRequest, _baton_v1_AttachResponse, _baton_v1_AttachRequest__Output, _baton_v1_AttachResponse__Output>
  RegisterVersion: MethodDefinition<_baton_v1_RegisterVersionRequest, _baton_v1_RegisterVersionResponse, _baton_v1_RegisterVersionRequest__Output, _baton_v1_RegisterVersionResponse__Output>
}
