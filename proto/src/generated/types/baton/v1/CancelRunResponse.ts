// Original file: baton/v1/run_service.proto

import type { RunStatus as _baton_v1_RunStatus, RunStatus__Output as _baton_v1_RunStatus__Output } from '../../baton/v1/RunStatus.ts';

export interface CancelRunResponse {
  'runId'?: (string);
  'status'?: (_baton_v1_RunStatus);
}

export interface CancelRunResponse__Output {
  'runId': (string);
  'status': (_baton_v1_RunStatus__Output);
}
