// Original file: baton/v1/log_service.proto

import type { LogEntry as _baton_v1_LogEntry, LogEntry__Output as _baton_v1_LogEntry__Output } from '../../baton/v1/LogEntry.ts';

export interface RunLogs {
  'runId'?: (string);
  'entries'?: (_baton_v1_LogEntry)[];
  'endedAttemptId'?: (string);
}

export interface RunLogs__Output {
  'runId': (string);
  'entries': (_baton_v1_LogEntry__Output)[];
  'endedAttemptId': (string);
}
