import { isMachineName } from "../contract/machine.ts";
import { builtInRetryPolicy as builtIn, type RetryPolicy } from "../contract/retry.ts";
import type { RetryOptions } from "../define/task-options.ts";

/** Returns the policy in the form in which authors write it; a copy that they may change. */
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
 * Reads a policy as its author wrote it, with the built-in defaults for missing members.
 *
 * @throws TypeError, which names a member that is not a finite number
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
