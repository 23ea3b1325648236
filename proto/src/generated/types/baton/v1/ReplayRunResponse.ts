// Original file: baton/v1/run_service.proto

import type { TriggeredRun as _baton_v1_TriggeredRun, TriggeredRun__Output as _baton_v1_TriggeredRun__Output } from '../../baton/v1/TriggeredRun.ts';

export interface ReplayRunResponse {
  'run'?: (_baton_v1_TriggeredRun | null);
}

export interface ReplayRunResponse__Output {
  'run': (_baton_v1_TriggeredRun__Output | null);
}
