import type { MachinePreset, RetryOptions } from "../task-options.ts";

/** When a failed attempt is followed by another (spec 2.4), every member filled in. Times are in milliseconds. */
export interface RetryPolicy {
  /** Total attempts, the first included; below 1 counts as 1. */
  readonly maxAttempts: number;
  readonly factor: number;
  readonly minTimeoutMs: number;
  readonly maxTimeoutMs: number;
  readonly randomize: boolean;
  /** The preset for attempts after an out-of-memory failure. */
  readonly outOfMemoryMachine?: string;
}

const builtIn: RetryPolicy = {
  maxAttempts: 3,
  factor: 2,
  minTimeoutMs: 1000,
  maxTimeoutMs: 60_000,
  randomize: true,
};

/**
 * How long to wait after attempt `attemptNumber` failed, in whole milliseconds; undefined when no attempt is left. The
 * random factor comes before the cap, so a capped delay is exactly `maxTimeoutMs`.
 *
 * @param random - Uniform in [0, 1).
 */
export function retryDelayMs(
  policy: RetryPolicy,
  attemptNumber: number,
  maxAttempts: number,
  random: () => number,
): number | undefined {
  if (attemptNumber >= Math.max(1, maxAttempts)) return undefined;
  if (policy.minTimeoutMs === 0) return 0;
  const spread = policy.randomize ? 1 + random() : 1;
  const uncapped = spread * policy.minTimeoutMs * policy.factor ** (attemptNumber - 1);
  return Math.round(Math.min(policy.maxTimeoutMs, uncapped));
}

/** The settings as their author writes them; a copy that may be changed. */
export function toRetryOptions(policy: RetryPolicy, maxAttempts: number): RetryOptions {
  return {
    maxAttempts,
    factor: policy.factor,
    minTimeoutInMs: policy.minTimeoutMs,
    maxTimeoutInMs: policy.maxTimeoutMs,
    randomize: policy.randomize,
    ...(policy.outOfMemoryMachine && { outOfMemory: { machine: policy.outOfMemoryMachine as MachinePreset } }),
  };
}

/**
 * The settings as their author wrote them, with the built-in ones for what is missing.
 *
 * @throws TypeError naming a member that is of no use.
 */
export function parseRetryOptions(options: object): RetryPolicy {
  const given = options as Readonly<Record<string, unknown>>;
  const machine = (given.outOfMemory as { machine?: unknown } | null | undefined)?.machine;
  return {
    maxAttempts: readNumber(given, "maxAttempts", builtIn.maxAttempts),
    factor: readNumber(given, "factor", builtIn.factor),
    minTimeoutMs: Math.max(0, readNumber(given, "minTimeoutInMs", builtIn.minTimeoutMs)),
    maxTimeoutMs: Math.max(0, readNumber(given, "maxTimeoutInMs", builtIn.maxTimeoutMs)),
    randomize: given.randomize === undefined ? builtIn.randomize : Boolean(given.randomize),
    ...(typeof machine === "string" ? { outOfMemoryMachine: machine } : undefined),
  };
}

function readNumber(options: Readonly<Record<string, unknown>>, member: string, fallback: number): number {
  const value = options[member];
  if (value === undefined) return fallback;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw new TypeError(`retry.${member} should be a finite number and is ${String(value)}.`);
}
