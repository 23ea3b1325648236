// Original file: baton/v1/run_service.proto

import type { TriggeredRun as _baton_v1_TriggeredRun, TriggeredRun__Output as _baton_v1_TriggeredRun__Output } from '../../baton/v1/TriggeredRun.ts';

export interface BatchTriggerResponse {
  'batchId'?: (string);
  'runs'?: (_baton_v1_TriggeredRun)[];
}

export interface BatchTriggerResponse__Output {
  'batchId': (string);
  'runs': (_baton_v1_TriggeredRun__Output)[];
}
