// Original file: baton/v1/runner_service.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';

export interface AttemptStarted {
  'runId'?: (string);
  'attemptId'?: (string);
  'startTime'?: (_google_protobuf_Timestamp | null);
}

export interface AttemptStarted__Output {
  'runId': (string);
  'attemptId': (string);
  'startTime': (_google_protobuf_Timestamp__Output | null);
}
