// Original file: baton/v1/run.proto

import type { TaskErrorType as _baton_v1_TaskErrorType, TaskErrorType__Output as _baton_v1_TaskErrorType__Output } from '../../baton/v1/TaskErrorType.ts';
import type { TaskError as _baton_v1_TaskError, TaskError__Output as _baton_v1_TaskError__Output } from '../../baton/v1/TaskError.ts';

export interface TaskError {
  'type'?: (_baton_v1_TaskErrorType);
  'name'?: (string);
  'message'?: (string);
  'stackTrace'?: (string);
  'raw'?: (string);
  'code'?: (string);
  'cause'?: (_baton_v1_TaskError | null);
  'errors'?: (_baton_v1_TaskError)[];
  'properties'?: (string);
}

export interface TaskError__Output {
  'type': (_baton_v1_TaskErrorType__Output);
  'name': (string);
  'message': (string);
  'stackTrace': (string);
  'raw': (string);
  'code': (string);
  'cause': (_baton_v1_TaskError__Output | null);
  'errors': (_baton_v1_TaskError__Output)[];
  'properties': (string);
}
