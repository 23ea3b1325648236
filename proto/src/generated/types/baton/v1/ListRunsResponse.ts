// Original file: baton/v1/run_service.proto

import type { Run as _baton_v1_Run, Run__Output as _baton_v1_Run__Output } from '../../baton/v1/Run.ts';

export interface ListRunsResponse {
  'runs'?: (_baton_v1_Run)[];
  'nextPageToken'?: (string);
  'previousPageToken'?: (string);
}

export interface ListRunsResponse__Output {
  'runs': (_baton_v1_Run__Output)[];
  'nextPageToken': (string);
  'previousPageToken': (string);
}
