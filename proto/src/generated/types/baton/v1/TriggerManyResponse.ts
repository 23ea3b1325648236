// Original file: baton/v1/run_service.proto

import type { TriggerResult as _baton_v1_TriggerResult, TriggerResult__Output as _baton_v1_TriggerResult__Output } from '../../baton/v1/TriggerResult.ts';

export interface TriggerManyResponse {
  'results'?: (_baton_v1_TriggerResult)[];
}

export interface TriggerManyResponse__Output {
  'results': (_baton_v1_TriggerResult__Output)[];
}
