// Original file: baton/v1/run_service.proto

import type { Run as _baton_v1_Run, Run__Output as _baton_v1_Run__Output } from '../../baton/v1/Run.ts';

export interface FindRunsResponse {
  'runs'?: (_baton_v1_Run)[];
  'hasMore'?: (boolean);
}

export interface FindRunsResponse__Output {
  'runs': (_baton_v1_Run__Output)[];
  'hasMore': (boolean);
}
