// Original file: baton/v1/task_service.proto

import type { TaskDefinition as _baton_v1_TaskDefinition, TaskDefinition__Output as _baton_v1_TaskDefinition__Output } from '../../baton/v1/TaskDefinition.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';

export interface RegisteredTask {
  'definition'?: (_baton_v1_TaskDefinition | null);
  'version'?: (string);
  'registerTime'?: (_google_protobuf_Timestamp | null);
  'runnerCount'?: (number);
}

export interface RegisteredTask__Output {
  'definition': (_baton_v1_TaskDefinition__Output | null);
  'version': (string);
  'registerTime': (_google_protobuf_Timestamp__Output | null);
  'runnerCount': (number);
}
