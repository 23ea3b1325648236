// Original file: baton/v1/run_service.proto

import type { TriggerItem as _baton_v1_TriggerItem, TriggerItem__Output as _baton_v1_TriggerItem__Output } from '../../baton/v1/TriggerItem.ts';

export interface BatchTriggerRequest {
  'batchId'?: (string);
  'items'?: (_baton_v1_TriggerItem)[];
}

export interface BatchTriggerRequest__Output {
  'batchId': (string);
  'items': (_baton_v1_TriggerItem__Output)[];
}
