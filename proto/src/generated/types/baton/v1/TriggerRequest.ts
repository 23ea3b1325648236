// Original file: baton/v1/run_service.proto

import type { TriggerItem as _baton_v1_TriggerItem, TriggerItem__Output as _baton_v1_TriggerItem__Output } from '../../baton/v1/TriggerItem.ts';

export interface TriggerRequest {
  'item'?: (_baton_v1_TriggerItem | null);
}

export interface TriggerRequest__Output {
  'item': (_baton_v1_TriggerItem__Output | null);
}
