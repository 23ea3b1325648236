// Original file: baton/v1/runner_service.proto

import type { Capacity as _baton_v1_Capacity, Capacity__Output as _baton_v1_Capacity__Output } from '../../baton/v1/Capacity.ts';
import type { HeldAttempt as _baton_v1_HeldAttempt, HeldAttempt__Output as _baton_v1_HeldAttempt__Output } from '../../baton/v1/HeldAttempt.ts';

export interface Hello {
  'runnerId'?: (string);
  'session'?: (number);
  'capacity'?: (_baton_v1_Capacity | null);
  'versions'?: (string)[];
  'held'?: (_baton_v1_HeldAttempt)[];
  'hostname'?: (string);
  'pid'?: (number);
  'draining'?: (boolean);
  'key'?: (string);
}

export interface Hello__Output {
  'runnerId': (string);
  'session': (number);
  'capacity': (_baton_v1_Capacity__Output | null);
  'versions': (string)[];
  'held': (_baton_v1_HeldAttempt__Output)[];
  'hostname': (string);
  'pid': (number);
  'draining': (boolean);
  'key': (string);
}
