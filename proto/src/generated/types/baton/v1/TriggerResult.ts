// Original file: baton/v1/run_service.proto

import type { TriggeredRun as _baton_v1_TriggeredRun, TriggeredRun__Output as _baton_v1_TriggeredRun__Output } from '../../baton/v1/TriggeredRun.ts';
import type { ItemError as _baton_v1_ItemError, ItemError__Output as _baton_v1_ItemError__Output } from '../../baton/v1/ItemError.ts';

export interface TriggerResult {
  'run'?: (_baton_v1_TriggeredRun | null);
  'error'?: (_baton_v1_ItemError | null);
  'result'?: "run"|"error";
}

export interface TriggerResult__Output {
  'run'?: (_baton_v1_TriggeredRun__Output | null);
  'error'?: (_baton_v1_ItemError__Output | null);
  'result'?: "run"|"error";
}
