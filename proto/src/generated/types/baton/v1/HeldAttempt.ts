// Original file: baton/v1/runner_service.proto

import type { HeldState as _baton_v1_HeldState, HeldState__Output as _baton_v1_HeldState__Output } from '../../baton/v1/HeldState.ts';

export interface HeldAttempt {
  'runId'?: (string);
  'attemptId'?: (string);
  'state'?: (_baton_v1_HeldState);
}

export interface HeldAttempt__Output {
  'runId': (string);
  'attemptId': (string);
  'state': (_baton_v1_HeldState__Output);
}
