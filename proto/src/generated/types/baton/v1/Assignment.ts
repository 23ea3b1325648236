// Original file: baton/v1/runner_service.proto

import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';
import type { RetryPolicy as _baton_v1_RetryPolicy, RetryPolicy__Output as _baton_v1_RetryPolicy__Output } from '../../baton/v1/RetryPolicy.ts';

export interface Assignment {
  'runId'?: (string);
  'attemptId'?: (string);
  'attemptNumber'?: (number);
  'interruptionCount'?: (number);
  'taskId'?: (string);
  'version'?: (string);
  'machine'?: (string);
  'maxDuration'?: (_google_protobuf_Duration | null);
  'maxAttempts'?: (number);
  'payload'?: (string);
  'queue'?: (string);
  'priority'?: (number | string);
  'tags'?: (string)[];
  'idempotencyKey'?: (string);
  'createTime'?: (_google_protobuf_Timestamp | null);
  'startTime'?: (_google_protobuf_Timestamp | null);
  'parentRunId'?: (string);
  'rootRunId'?: (string);
  'depth'?: (number);
  'batchId'?: (string);
  'isReplay'?: (boolean);
  'isTest'?: (boolean);
  'activeDuration'?: (_google_protobuf_Duration | null);
  'retry'?: (_baton_v1_RetryPolicy | null);
  'solo'?: (boolean);
  'payloadTypes'?: (string);
}

export interface Assignment__Output {
  'runId': (string);
  'attemptId': (string);
  'attemptNumber': (number);
  'interruptionCount': (number);
  'taskId': (string);
  'version': (string);
  'machine': (string);
  'maxDuration': (_google_protobuf_Duration__Output | null);
  'maxAttempts': (number);
  'payload': (string);
  'queue': (string);
  'priority': (number);
  'tags': (string)[];
  'idempotencyKey': (string);
  'createTime': (_google_protobuf_Timestamp__Output | null);
  'startTime': (_google_protobuf_Timestamp__Output | null);
  'parentRunId': (string);
  'rootRunId': (string);
  'depth': (number);
  'batchId': (string);
  'isReplay': (boolean);
  'isTest': (boolean);
  'activeDuration': (_google_protobuf_Duration__Output | null);
  'retry': (_baton_v1_RetryPolicy__Output | null);
  'solo': (boolean);
  'payloadTypes': (string);
}
