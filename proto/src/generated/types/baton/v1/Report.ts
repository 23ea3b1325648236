// Original file: baton/v1/runner_service.proto

import type { AttemptStarted as _baton_v1_AttemptStarted, AttemptStarted__Output as _baton_v1_AttemptStarted__Output } from '../../baton/v1/AttemptStarted.ts';
import type { AttemptOutcome as _baton_v1_AttemptOutcome, AttemptOutcome__Output as _baton_v1_AttemptOutcome__Output } from '../../baton/v1/AttemptOutcome.ts';
import type { HandedBack as _baton_v1_HandedBack, HandedBack__Output as _baton_v1_HandedBack__Output } from '../../baton/v1/HandedBack.ts';
import type { Long } from '@grpc/proto-loader';

export interface Report {
  'receivedSequence'?: (number | string | Long);
  'started'?: (_baton_v1_AttemptStarted)[];
  'outcomes'?: (_baton_v1_AttemptOutcome)[];
  'handedBack'?: (_baton_v1_HandedBack)[];
  'goneAttemptIds'?: (string)[];
  'prefetch'?: (number);
}

export interface Report__Output {
  'receivedSequence': (number);
  'started': (_baton_v1_AttemptStarted__Output)[];
  'outcomes': (_baton_v1_AttemptOutcome__Output)[];
  'handedBack': (_baton_v1_HandedBack__Output)[];
  'goneAttemptIds': (string)[];
  'prefetch': (number);
}
