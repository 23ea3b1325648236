// Original file: baton/v1/run_service.proto

import type { TriggerOptions as _baton_v1_TriggerOptions, TriggerOptions__Output as _baton_v1_TriggerOptions__Output } from '../../baton/v1/TriggerOptions.ts';

export interface TriggerItem {
  'taskId'?: (string);
  'payload'?: (string);
  'options'?: (_baton_v1_TriggerOptions | null);
  'runId'?: (string);
  'parentRunId'?: (string);
  'parentAttemptId'?: (string);
  'payloadTypes'?: (string);
}

export interface TriggerItem__Output {
  'taskId': (string);
  'payload': (string);
  'options': (_baton_v1_TriggerOptions__Output | null);
  'runId': (string);
  'parentRunId': (string);
  'parentAttemptId': (string);
  'payloadTypes': (string);
}
