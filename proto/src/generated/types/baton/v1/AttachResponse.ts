// Original file: baton/v1/runner_service.proto

import type { Welcome as _baton_v1_Welcome, Welcome__Output as _baton_v1_Welcome__Output } from '../../baton/v1/Welcome.ts';
import type { Dispatch as _baton_v1_Dispatch, Dispatch__Output as _baton_v1_Dispatch__Output } from '../../baton/v1/Dispatch.ts';

export interface AttachResponse {
  'welcome'?: (_baton_v1_Welcome | null);
  'dispatch'?: (_baton_v1_Dispatch | null);
  'message'?: "welcome"|"dispatch";
}

export interface AttachResponse__Output {
  'welcome'?: (_baton_v1_Welcome__Output | null);
  'dispatch'?: (_baton_v1_Dispatch__Output | null);
  'message'?: "welcome"|"dispatch";
}
