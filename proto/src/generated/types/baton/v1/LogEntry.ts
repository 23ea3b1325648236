// Original file: baton/v1/log_service.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';
import type { LogLevel as _baton_v1_LogLevel, LogLevel__Output as _baton_v1_LogLevel__Output } from '../../baton/v1/LogLevel.ts';

export interface LogEntry {
  'time'?: (_google_protobuf_Timestamp | null);
  'level'?: (_baton_v1_LogLevel);
  'message'?: (string);
  'properties'?: (string);
  'attemptNumber'?: (number);
  'attemptId'?: (string);
}

export interface LogEntry__Output {
  'time': (_google_protobuf_Timestamp__Output | null);
  'level': (_baton_v1_LogLevel__Output);
  'message': (string);
  'properties': (string);
  'attemptNumber': (number);
  'attemptId': (string);
}
