// Original file: baton/v1/log_service.proto

import type { RunLogs as _baton_v1_RunLogs, RunLogs__Output as _baton_v1_RunLogs__Output } from '../../baton/v1/RunLogs.ts';

export interface AppendLogsRequest {
  'runs'?: (_baton_v1_RunLogs)[];
}

export interface AppendLogsRequest__Output {
  'runs': (_baton_v1_RunLogs__Output)[];
}
