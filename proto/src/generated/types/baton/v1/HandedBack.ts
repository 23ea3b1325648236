// Original file: baton/v1/runner_service.proto

import type { HandBackReason as _baton_v1_HandBackReason, HandBackReason__Output as _baton_v1_HandBackReason__Output } from '../../baton/v1/HandBackReason.ts';

export interface HandedBack {
  'runId'?: (string);
  'attemptId'?: (string);
  'reason'?: (_baton_v1_HandBackReason);
}

export interface HandedBack__Output {
  'runId': (string);
  'attemptId': (string);
  'reason': (_baton_v1_HandBackReason__Output);
}
