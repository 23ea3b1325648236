// Original file: baton/v1/run_service.proto

import type { TriggerItem as _baton_v1_TriggerItem, TriggerItem__Output as _baton_v1_TriggerItem__Output } from '../../baton/v1/TriggerItem.ts';

export interface TriggerManyRequest {
  'items'?: (_baton_v1_TriggerItem)[];
}

export interface TriggerManyRequest__Output {
  'items': (_baton_v1_TriggerItem__Output)[];
}
