// Original file: baton/v1/runner_service.proto

import type { Assignment as _baton_v1_Assignment, Assignment__Output as _baton_v1_Assignment__Output } from '../../baton/v1/Assignment.ts';
import type { CancelAttempt as _baton_v1_CancelAttempt, CancelAttempt__Output as _baton_v1_CancelAttempt__Output } from '../../baton/v1/CancelAttempt.ts';
import type { Long } from '@grpc/proto-loader';

export interface Dispatch {
  'sequence'?: (number | string | Long);
  'assignments'?: (_baton_v1_Assignment)[];
  'cancels'?: (_baton_v1_CancelAttempt)[];
  'settledAttemptIds'?: (string)[];
  'stopAttemptIds'?: (string)[];
}

export interface Dispatch__Output {
  'sequence': (number);
  'assignments': (_baton_v1_Assignment__Output)[];
  'cancels': (_baton_v1_CancelAttempt__Output)[];
  'settledAttemptIds': (string)[];
  'stopAttemptIds': (string)[];
}
