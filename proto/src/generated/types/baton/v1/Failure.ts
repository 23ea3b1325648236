// Original file: baton/v1/runner_service.proto

import type { TaskError as _baton_v1_TaskError, TaskError__Output as _baton_v1_TaskError__Output } from '../../baton/v1/TaskError.ts';
import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';
import type { RunStatus as _baton_v1_RunStatus, RunStatus__Output as _baton_v1_RunStatus__Output } from '../../baton/v1/RunStatus.ts';

export interface Failure {
  'error'?: (_baton_v1_TaskError | null);
  'retryAfter'?: (_google_protobuf_Duration | null);
  'finalStatus'?: (_baton_v1_RunStatus);
  'policyElse'?: (_baton_v1_RunStatus);
  'decision'?: "retryAfter"|"finalStatus"|"policyElse";
}

export interface Failure__Output {
  'error': (_baton_v1_TaskError__Output | null);
  'retryAfter'?: (_google_protobuf_Duration__Output | null);
  'finalStatus'?: (_baton_v1_RunStatus__Output);
  'policyElse'?: (_baton_v1_RunStatus__Output);
  'decision'?: "retryAfter"|"finalStatus"|"policyElse";
}
