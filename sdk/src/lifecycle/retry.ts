import { isMachineName } from "../contract/machine.ts";
import { builtInRetryPolicy as builtIn, type RetryPolicy } from "../contract/retry.ts";
import type { RetryOptions } from "../define/task-options.ts";

/** The settings as their author writes them; a copy that may be changed. */
export function toRetryOptions(policy: RetryPolicy, maxAttempts: number): RetryOptions {
  return {
    maxAttempts,
    factor: policy.factor,
    minTimeoutInMs: policy.minTimeoutMs,
    maxTimeoutInMs: policy.maxTimeoutMs,
    randomize: policy.randomize,
    ...(policy.outOfMemoryMachine && { outOfMemory: { machine: policy.outOfMemoryMachine } }),
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
    ...(isMachineName(machine) && { outOfMemoryMachine: machine }),
  };
}

function readNumber(options: Readonly<Record<string, unknown>>, member: string, fallback: number): number {
  const value = options[member];
  if (value === undefined) return fallback;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw new TypeError(`retry.${member} should be a finite number and is ${String(value)}.`);
}
