// Original file: baton/v1/run_service.proto

import type { Run as _baton_v1_Run, Run__Output as _baton_v1_Run__Output } from '../../baton/v1/Run.ts';

export interface GetRunResponse {
  'run'?: (_baton_v1_Run | null);
}

export interface GetRunResponse__Output {
  'run': (_baton_v1_Run__Output | null);
}
