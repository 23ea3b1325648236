// Original file: baton/v1/run_service.proto

import type { WatchedRun as _baton_v1_WatchedRun, WatchedRun__Output as _baton_v1_WatchedRun__Output } from '../../baton/v1/WatchedRun.ts';

export interface WatchRunsRequest {
  'add'?: (_baton_v1_WatchedRun)[];
  'removeRunIds'?: (string)[];
}

export interface WatchRunsRequest__Output {
  'add': (_baton_v1_WatchedRun__Output)[];
  'removeRunIds': (string)[];
}
