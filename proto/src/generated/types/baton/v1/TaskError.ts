// Original file: baton/v1/run.proto

import type { TaskErrorType as _baton_v1_TaskErrorType, TaskErrorType__Output as _baton_v1_TaskErrorType__Output } from '../../baton/v1/TaskErrorType.ts';

export interface TaskError {
  'type'?: (_baton_v1_TaskErrorType);
  'name'?: (string);
  'message'?: (string);
  'stackTrace'?: (string);
  'raw'?: (string);
  'code'?: (string);
}

export interface TaskError__Output {
  'type': (_baton_v1_TaskErrorType__Output);
  'name': (string);
  'message': (string);
  'stackTrace': (string);
  'raw': (string);
  'code': (string);
}
