// Original file: baton/v1/runner_service.proto

export const HandBackReason = {
  HAND_BACK_REASON_UNSPECIFIED: 'HAND_BACK_REASON_UNSPECIFIED',
  HAND_BACK_REASON_NO_THREAD: 'HAND_BACK_REASON_NO_THREAD',
  HAND_BACK_REASON_DRAINING: 'HAND_BACK_REASON_DRAINING',
  HAND_BACK_REASON_VERSION_NOT_LOADED: 'HAND_BACK_REASON_VERSION_NOT_LOADED',
} as const;

export type HandBackReason =
  | 'HAND_BACK_REASON_UNSPECIFIED'
  | 0
  | 'HAND_BACK_REASON_NO_THREAD'
  | 1
  | 'HAND_BACK_REASON_DRAINING'
  | 2
  | 'HAND_BACK_REASON_VERSION_NOT_LOADED'
  | 3

export type HandBackReason__Output = typeof HandBackReason[keyof typeof HandBackReason]
