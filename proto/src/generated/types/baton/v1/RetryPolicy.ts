// Original file: baton/v1/task_service.proto

import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';

export interface RetryPolicy {
  'maxAttempts'?: (number);
  'factor'?: (number | string);
  'minTimeout'?: (_google_protobuf_Duration | null);
  'maxTimeout'?: (_google_protobuf_Duration | null);
  'randomize'?: (boolean);
  'outOfMemoryMachine'?: (string);
}

export interface RetryPolicy__Output {
  'maxAttempts': (number);
  'factor': (number);
  'minTimeout': (_google_protobuf_Duration__Output | null);
  'maxTimeout': (_google_protobuf_Duration__Output | null);
  'randomize': (boolean);
  'outOfMemoryMachine': (string);
}
