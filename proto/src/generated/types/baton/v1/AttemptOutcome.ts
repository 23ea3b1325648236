// Original file: baton/v1/runner_service.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';
import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';
import type { Success as _baton_v1_Success, Success__Output as _baton_v1_Success__Output } from '../../baton/v1/Success.ts';
import type { Failure as _baton_v1_Failure, Failure__Output as _baton_v1_Failure__Output } from '../../baton/v1/Failure.ts';
import type { Interruption as _baton_v1_Interruption, Interruption__Output as _baton_v1_Interruption__Output } from '../../baton/v1/Interruption.ts';
import type { AttemptUsage as _baton_v1_AttemptUsage, AttemptUsage__Output as _baton_v1_AttemptUsage__Output } from '../../baton/v1/AttemptUsage.ts';

export interface AttemptOutcome {
  'runId'?: (string);
  'attemptId'?: (string);
  'startTime'?: (_google_protobuf_Timestamp | null);
  'activeDuration'?: (_google_protobuf_Duration | null);
  'threadLingers'?: (boolean);
  'stopLateness'?: (_google_protobuf_Duration | null);
  'success'?: (_baton_v1_Success | null);
  'failure'?: (_baton_v1_Failure | null);
  'interruption'?: (_baton_v1_Interruption | null);
  'endTime'?: (_google_protobuf_Timestamp | null);
  'logsFollow'?: (boolean);
  'usage'?: (_baton_v1_AttemptUsage | null);
  'end'?: "success"|"failure"|"interruption";
}

export interface AttemptOutcome__Output {
  'runId': (string);
  'attemptId': (string);
  'startTime': (_google_protobuf_Timestamp__Output | null);
  'activeDuration': (_google_protobuf_Duration__Output | null);
  'threadLingers': (boolean);
  'stopLateness': (_google_protobuf_Duration__Output | null);
  'success'?: (_baton_v1_Success__Output | null);
  'failure'?: (_baton_v1_Failure__Output | null);
  'interruption'?: (_baton_v1_Interruption__Output | null);
  'endTime': (_google_protobuf_Timestamp__Output | null);
  'logsFollow': (boolean);
  'usage': (_baton_v1_AttemptUsage__Output | null);
  'end'?: "success"|"failure"|"interruption";
}
