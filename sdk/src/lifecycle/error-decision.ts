import { types } from "node:util";
import { latestInstantMs } from "../contract/limits.ts";
import type { FailureDecision } from "../contract/outcome.ts";
import { type RetryPolicy, retryDelayMs } from "../contract/retry.ts";
import type { TaskError } from "../contract/task-error.ts";
import { parseRetryOptions } from "./retry.ts";
import { describeThrown, isError, toTaskError } from "./task-error.ts";

/** The circumstances of a failed attempt that decide what follows (docs/tasks.md 4.3). */
export interface FailureCircumstances {
  readonly attemptNumber: number;
  /** Attempts in total, the first one included. */
  readonly maxAttempts: number;
  readonly retry: RetryPolicy;
  /** Whether retries are on; a configuration can switch them off in `baton dev`. */
  readonly areRetriesEnabled: boolean;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/** A failure that ends the run as `FAILED`. */
export const finalFailure: FailureDecision = { type: "final", status: "failed" };
/** A failure that ends the run as `FAILED` although a handler asked for another attempt, because `maxAttempts` allows none. */
export const refusedRetry: FailureDecision = { type: "final", status: "failed" };

/** Returns the stored form of a thrown value. `isUncaught` tells that nobody awaited the function that threw it. */
export function storedError(thrown: unknown, isUncaught: boolean): TaskError {
  if (isOutOfMemory(thrown)) return internalError("TASK_PROCESS_OOM_KILLED", thrown);
  return isUncaught ? internalError("TASK_RUN_UNCAUGHT_EXCEPTION", thrown) : toTaskError(thrown);
}

/** Decides the failures that no handler is asked about; returns undefined for the others. */
export function earlyDecision(thrown: unknown, circumstances: FailureCircumstances): FailureDecision | undefined {
  if (isOutOfMemory(thrown)) return { type: "policy", status: "crashed" };
  const name = memberOf(thrown, "name");
  if (name === "AbortTaskRunError" || name === "TaskPayloadParsedError") return finalFailure;
  const status = clientErrorStatus(thrown);
  if (status !== undefined && status >= 400 && status < 500 && status !== 408 && status !== 429) return finalFailure;
  return circumstances.areRetriesEnabled ? undefined : finalFailure;
}

/** Returns the delay before the next attempt by the run's policy; undefined when no attempt is left. */
export function defaultDelayMs(thrown: unknown, circumstances: FailureCircumstances): number | undefined {
  const { attemptNumber, maxAttempts, retry, random } = circumstances;
  const delayMs = retryDelayMs(retry, attemptNumber, maxAttempts, random());
  const resetMs = delayMs !== undefined && clientErrorStatus(thrown) === 429 ? timeToResetMs(thrown) : undefined;
  return resetMs === undefined ? delayMs : Math.round(resetMs + random() * 2000);
}

/** Decides by the delay of the run's policy. */
export function policyDecision(delayMs: number | undefined): FailureDecision {
  return delayMs === undefined ? finalFailure : { type: "retry", delayMs };
}

/**
 * Decides by a handler's truthy result (docs/tasks.md 4.4).
 *
 * @throws TypeError for a result that is not a decision
 */
export function handlerDecision(result: unknown, circumstances: FailureCircumstances, now: number): FailureDecision {
  if (typeof result !== "object" || result === null) {
    throw new TypeError(`It returned ${typeof result}; an object or nothing was expected.`);
  }
  const { skipRetrying, retryAt, retryDelayInMs, retry } = result as Readonly<Record<string, unknown>>;
  if (skipRetrying) return finalFailure;
  if (retryAt !== undefined) return timedRetry(timeOf(retryAt) - now, circumstances);
  if (typeof retryDelayInMs === "number") {
    if (!Number.isFinite(retryDelayInMs)) throw new TypeError(`It returned ${retryDelayInMs} as retryDelayInMs.`);
    return timedRetry(Math.min(Math.round(retryDelayInMs), latestInstantMs - now), circumstances);
  }
  if (typeof retry !== "object" || retry === null) return finalFailure;
  const policy = parseRetryOptions(retry);
  return policyDecision(retryDelayMs(policy, circumstances.attemptNumber, policy.maxAttempts, circumstances.random()));
}

/** Decides for another attempt at a chosen time, if `maxAttempts` allows one. */
function timedRetry(delayMs: number, { attemptNumber, maxAttempts }: FailureCircumstances): FailureDecision {
  return attemptNumber < maxAttempts ? { type: "retry", delayMs: Math.max(0, delayMs) } : refusedRetry;
}

/** Makes an error of the system that a thrown value caused. */
export function internalError(
  code: "TASK_PROCESS_OOM_KILLED" | "TASK_RUN_UNCAUGHT_EXCEPTION" | "HANDLE_ERROR_ERROR" | "TASK_INPUT_ERROR",
  thrown: unknown,
): TaskError {
  return { type: "internal", code, ...describeThrown(thrown) };
}

function timeOf(retryAt: unknown): number {
  const time = types.isDate(retryAt) ? retryAt.getTime() : Number.NaN;
  if (Number.isNaN(time)) throw new TypeError("It returned something as retryAt that is not a valid Date.");
  return time;
}

/** The name of every `ApiError`, whichever copy of the SDK made it. */
const clientErrorName = "TriggerApiError";

function clientErrorStatus(thrown: unknown): number | undefined {
  if (memberOf(thrown, "name") !== clientErrorName) return undefined;
  const status = memberOf(thrown, "status");
  return typeof status === "number" ? status : undefined;
}

function timeToResetMs(thrown: unknown): number | undefined {
  const resetMs = memberOf(thrown, "millisecondsUntilReset");
  return typeof resetMs === "number" && resetMs >= 0 ? resetMs : undefined;
}

function isOutOfMemory(thrown: unknown): boolean {
  if (memberOf(thrown, "name") === "OutOfMemoryError") return true;
  const message = memberOf(thrown, "message");
  return typeof message === "string" && message.includes("ffmpeg was killed with signal SIGKILL");
}

/** Reads a member of an `Error`; returns undefined for any other value, and when reading it throws. */
function memberOf(thrown: unknown, member: string): unknown {
  if (!isError(thrown)) return undefined;
  try {
    return (thrown as unknown as Readonly<Record<string, unknown>>)[member];
  } catch {
    return undefined;
  }
}
