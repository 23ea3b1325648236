// Original file: baton/v1/run.proto

export const TriggerFunction = {
  TRIGGER_FUNCTION_UNSPECIFIED: 'TRIGGER_FUNCTION_UNSPECIFIED',
  TRIGGER_FUNCTION_TRIGGER: 'TRIGGER_FUNCTION_TRIGGER',
  TRIGGER_FUNCTION_BATCH_TRIGGER: 'TRIGGER_FUNCTION_BATCH_TRIGGER',
} as const;

export type TriggerFunction =
  | 'TRIGGER_FUNCTION_UNSPECIFIED'
  | 0
  | 'TRIGGER_FUNCTION_TRIGGER'
  | 1
  | 'TRIGGER_FUNCTION_BATCH_TRIGGER'
  | 2

export type TriggerFunction__Output = typeof TriggerFunction[keyof typeof TriggerFunction]
