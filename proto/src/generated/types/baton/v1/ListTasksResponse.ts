// Original file: baton/v1/task_service.proto

import type { RegisteredTask as _baton_v1_RegisteredTask, RegisteredTask__Output as _baton_v1_RegisteredTask__Output } from '../../baton/v1/RegisteredTask.ts';

export interface ListTasksResponse {
  'tasks'?: (_baton_v1_RegisteredTask)[];
}

export interface ListTasksResponse__Output {
  'tasks': (_baton_v1_RegisteredTask__Output)[];
}
