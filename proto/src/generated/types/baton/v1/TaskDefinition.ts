// Original file: baton/v1/task_service.proto

import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';
import type { RetryPolicy as _baton_v1_RetryPolicy, RetryPolicy__Output as _baton_v1_RetryPolicy__Output } from '../../baton/v1/RetryPolicy.ts';

export interface TaskDefinition {
  'id'?: (string);
  'description'?: (string);
  'filePath'?: (string);
  'exportName'?: (string);
  'queue'?: (string);
  'concurrencyLimit'?: (number);
  'machine'?: (string);
  'maxDuration'?: (_google_protobuf_Duration | null);
  'retry'?: (_baton_v1_RetryPolicy | null);
  'ttl'?: (_google_protobuf_Duration | null);
  'jsonSchema'?: (string);
  'pinVersion'?: (boolean);
  '_concurrencyLimit'?: "concurrencyLimit";
}

export interface TaskDefinition__Output {
  'id': (string);
  'description': (string);
  'filePath': (string);
  'exportName': (string);
  'queue': (string);
  'concurrencyLimit'?: (number);
  'machine': (string);
  'maxDuration': (_google_protobuf_Duration__Output | null);
  'retry': (_baton_v1_RetryPolicy__Output | null);
  'ttl': (_google_protobuf_Duration__Output | null);
  'jsonSchema': (string);
  'pinVersion': (boolean);
  '_concurrencyLimit'?: "concurrencyLimit";
}
