import type { MachineName } from "./machine.ts";

/** When a failed attempt is followed by another (docs/tasks.md 2.4). Times are in milliseconds. */
export interface RetryPolicy {
  /** Total attempts, the first included; below 1 counts as 1. */
  readonly maxAttempts: number;
  readonly factor: number;
  readonly minTimeoutMs: number;
  readonly maxTimeoutMs: number;
  readonly randomize: boolean;
  readonly outOfMemoryMachine?: MachineName;
}

/** What applies when neither the task nor the configuration says anything. */
export const builtInRetryPolicy: RetryPolicy = {
  maxAttempts: 3,
  factor: 2,
  minTimeoutMs: 1000,
  maxTimeoutMs: 60_000,
  randomize: true,
};

/**
 * How long to wait after attempt `attemptNumber` failed, in whole milliseconds; `undefined` when no attempt is left.
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
