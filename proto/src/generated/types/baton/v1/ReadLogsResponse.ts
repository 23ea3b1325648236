// Original file: baton/v1/log_service.proto

import type { LogEntry as _baton_v1_LogEntry, LogEntry__Output as _baton_v1_LogEntry__Output } from '../../baton/v1/LogEntry.ts';

export interface ReadLogsResponse {
  'entries'?: (_baton_v1_LogEntry)[];
}

export interface ReadLogsResponse__Output {
  'entries': (_baton_v1_LogEntry__Output)[];
}
