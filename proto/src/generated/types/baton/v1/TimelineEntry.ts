// Original file: baton/v1/run.proto

import type { RunStatus as _baton_v1_RunStatus, RunStatus__Output as _baton_v1_RunStatus__Output } from '../../baton/v1/RunStatus.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';

export interface TimelineEntry {
  'status'?: (_baton_v1_RunStatus);
  'time'?: (_google_protobuf_Timestamp | null);
  'reason'?: (string);
}

export interface TimelineEntry__Output {
  'status': (_baton_v1_RunStatus__Output);
  'time': (_google_protobuf_Timestamp__Output | null);
  'reason': (string);
}
