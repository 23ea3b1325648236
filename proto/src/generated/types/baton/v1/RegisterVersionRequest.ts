// Original file: baton/v1/runner_service.proto

import type { TaskDefinition as _baton_v1_TaskDefinition, TaskDefinition__Output as _baton_v1_TaskDefinition__Output } from '../../baton/v1/TaskDefinition.ts';

export interface RegisterVersionRequest {
  'hash'?: (string);
  'tasks'?: (_baton_v1_TaskDefinition)[];
}

export interface RegisterVersionRequest__Output {
  'hash': (string);
  'tasks': (_baton_v1_TaskDefinition__Output)[];
}
