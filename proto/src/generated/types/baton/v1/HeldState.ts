// Original file: baton/v1/runner_service.proto

export const HeldState = {
  HELD_STATE_UNSPECIFIED: 'HELD_STATE_UNSPECIFIED',
  HELD_STATE_RECEIVED: 'HELD_STATE_RECEIVED',
  HELD_STATE_STARTED: 'HELD_STATE_STARTED',
  HELD_STATE_ENDED: 'HELD_STATE_ENDED',
  HELD_STATE_LINGERING: 'HELD_STATE_LINGERING',
} as const;

export type HeldState =
  | 'HELD_STATE_UNSPECIFIED'
  | 0
  | 'HELD_STATE_RECEIVED'
  | 1
  | 'HELD_STATE_STARTED'
  | 2
  | 'HELD_STATE_ENDED'
  | 3
  | 'HELD_STATE_LINGERING'
  | 4

export type HeldState__Output = typeof HeldState[keyof typeof HeldState]
