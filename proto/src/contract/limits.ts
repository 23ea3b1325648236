const mebibyte = 1024 * 1024;

/** The default limit of an output, in bytes of UTF-8. */
export const defaultMaxOutputBytes: number = 10 * mebibyte;

/** The highest limit of outputs and payloads that can be configured, in bytes of UTF-8. */
export const highestTextLimitBytes: number = 15 * mebibyte;

/** The default limit of a payload, in bytes of UTF-8. */
export const defaultMaxPayloadBytes: number = 3 * mebibyte;

/** A `maxDuration` of this many seconds or more means no limit: `timeout.None` (docs/tasks.md 7). */
export const noLimitSeconds = 2_147_483_647;

/** The longest delay of a timer of Node.js, in milliseconds; a longer one fires at once. */
export const longestTimerMs = 2_147_483_647;

/** Milliseconds that a canceled attempt may take to settle. */
export const cancelGraceMs = 5_000;

/** Milliseconds that a canceled attempt may take to settle when its task has `onCancel` hooks. */
export const longCancelGraceMs = 30_000;

/** The most attempts of one run that count, explicit retries included. */
export const maxAttemptsPerRun = 250;

/** The latest instant of a `Date`, in milliseconds since the epoch, and the longest span of time. */
export const latestInstantMs = 8_640_000_000_000_000;

/** The longest delay before a retry: a hundred years, in milliseconds. */
export const longestRetryDelayMs = 3_155_760_000_000;
