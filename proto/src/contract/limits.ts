const mebibyte = 1024 * 1024;

/** The largest output of an attempt that a coordinator stores unless it is configured otherwise, in bytes of UTF-8. */
export const defaultMaxOutputBytes: number = 10 * mebibyte;

/** The highest limit of outputs and of payloads that a coordinator can be configured with, in bytes of UTF-8. */
export const highestTextLimitBytes: number = 15 * mebibyte;

/** The largest payload that a coordinator stores unless it is configured otherwise, in bytes of UTF-8. */
export const defaultMaxPayloadBytes: number = 3 * mebibyte;

/** A `maxDuration` of this many seconds, or more, is no limit: `timeout.None` (docs/tasks.md 7). */
export const noLimitSeconds = 2_147_483_647;

/** The longest delay of a timer of Node.js, in milliseconds; a longer one fires at once. */
export const longestTimerMs = 2_147_483_647;

/** How long a canceled attempt may take to settle, in milliseconds. */
export const cancelGraceMs = 5_000;

/** How long a canceled attempt whose task has `onCancel` hooks may take to settle, in milliseconds. */
export const longCancelGraceMs = 30_000;
