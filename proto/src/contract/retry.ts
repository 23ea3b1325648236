import type { MachineName } from "./machine.ts";

/** A retry policy: how often and when another attempt follows a failed one (docs/tasks.md 2.4). Times are in milliseconds. */
export interface RetryPolicy {
  /** Attempts in total, the first one included; below 1 counts as 1. */
  readonly maxAttempts: number;
  readonly factor: number;
  readonly minTimeoutMs: number;
  readonly maxTimeoutMs: number;
  readonly randomize: boolean;
  readonly outOfMemoryMachine?: MachineName;
}

/** The policy of a run whose task and configuration set none. */
export const builtInRetryPolicy: RetryPolicy = {
  maxAttempts: 3,
  factor: 2,
  minTimeoutMs: 1000,
  maxTimeoutMs: 60_000,
  randomize: true,
};

/**
 * Returns the whole milliseconds to wait after attempt `attemptNumber` failed; `undefined` when no attempt is left.
 * The random factor is applied before the cap, so a capped delay is exactly `maxTimeoutMs`.
 * @param random uniform in [0, 1)
 */
export function retryDelayMs(
  policy: RetryPolicy,
  attemptNumber: number,
  maxAttempts: number,
  random: number,
): number | undefined {
  if (attemptNumber >= Math.max(1, maxAttempts)) return undefined;
  const spread = policy.randomize ? 1 + random : 1;
  if (policy.minTimeoutMs === 0) return 0;
  const uncapped = spread * policy.minTimeoutMs * policy.factor ** (attemptNumber - 1);
  return Math.round(Math.min(policy.maxTimeoutMs, uncapped));
}
