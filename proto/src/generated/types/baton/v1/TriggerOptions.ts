// Original file: baton/v1/run_service.proto

import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';

export interface TriggerOptions {
  'delay'?: (string);
  'idempotencyKey'?: (string);
  'idempotencyKeyTtl'?: (string);
  'tags'?: (string)[];
  'priority'?: (number | string);
  'machine'?: (string);
  'maxDuration'?: (_google_protobuf_Duration | null);
  'maxAttempts'?: (number);
  'requireRegistered'?: (boolean);
  'isTest'?: (boolean);
  '_maxAttempts'?: "maxAttempts";
}

export interface TriggerOptions__Output {
  'delay': (string);
  'idempotencyKey': (string);
  'idempotencyKeyTtl': (string);
  'tags': (string)[];
  'priority': (number);
  'machine': (string);
  'maxDuration': (_google_protobuf_Duration__Output | null);
  'maxAttempts'?: (number);
  'requireRegistered': (boolean);
  'isTest': (boolean);
  '_maxAttempts'?: "maxAttempts";
}
