// Original file: baton/v1/run.proto

import type { AttemptStatus as _baton_v1_AttemptStatus, AttemptStatus__Output as _baton_v1_AttemptStatus__Output } from '../../baton/v1/AttemptStatus.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';
import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';
import type { TaskError as _baton_v1_TaskError, TaskError__Output as _baton_v1_TaskError__Output } from '../../baton/v1/TaskError.ts';
import type { AttemptUsage as _baton_v1_AttemptUsage, AttemptUsage__Output as _baton_v1_AttemptUsage__Output } from '../../baton/v1/AttemptUsage.ts';

export interface Attempt {
  'id'?: (string);
  'number'?: (number);
  'status'?: (_baton_v1_AttemptStatus);
  'runnerId'?: (string);
  'machine'?: (string);
  'startTime'?: (_google_protobuf_Timestamp | null);
  'endTime'?: (_google_protobuf_Timestamp | null);
  'activeDuration'?: (_google_protobuf_Duration | null);
  'error'?: (_baton_v1_TaskError | null);
  'stopLateness'?: (_google_protobuf_Duration | null);
  'usage'?: (_baton_v1_AttemptUsage | null);
}

export interface Attempt__Output {
  'id': (string);
  'number': (number);
  'status': (_baton_v1_AttemptStatus__Output);
  'runnerId': (string);
  'machine': (string);
  'startTime': (_google_protobuf_Timestamp__Output | null);
  'endTime': (_google_protobuf_Timestamp__Output | null);
  'activeDuration': (_google_protobuf_Duration__Output | null);
  'error': (_baton_v1_TaskError__Output | null);
  'stopLateness': (_google_protobuf_Duration__Output | null);
  'usage': (_baton_v1_AttemptUsage__Output | null);
}
