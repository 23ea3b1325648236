import { types } from "node:util";
import type { FailureDecision } from "../contract/outcome.ts";
import { type RetryPolicy, retryDelayMs } from "../contract/retry.ts";
import type { TaskError } from "../contract/task-error.ts";
import { parseRetryOptions } from "./retry.ts";
import { describeThrown, isError, toTaskError } from "./task-error.ts";

/** No `Date` is later; a retry that is further away would have no time. */
const latestDateMs = 8.64e15;

/** What the decision about a failed attempt rests on (docs/tasks.md 4.3). */
export interface FailureCircumstances {
  readonly attemptNumber: number;
  /** Total attempts of the run. */
  readonly maxAttempts: number;
  readonly retry: RetryPolicy;
  /** False in a development environment that switched them off. */
  readonly areRetriesEnabled: boolean;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/** A failure that ends the run as `FAILED`. */
export const finalFailure: FailureDecision = { type: "final", status: "failed" };
/** The same, where a handler asked for another attempt at a time of its own and `maxAttempts` leaves none. */
export const refusedRetry: FailureDecision = { type: "final", status: "failed" };

/** The stored form of what an attempt threw; `isUncaught`: past `run`, as an exception or a rejection that nobody caught. */
export function storedError(thrown: unknown, isUncaught: boolean): TaskError {
  if (isOutOfMemory(thrown)) return internalError("TASK_PROCESS_OOM_KILLED", thrown);
  return isUncaught ? internalError("TASK_RUN_UNCAUGHT_EXCEPTION", thrown) : toTaskError(thrown);
}

/** The decision that no handler is asked about; undefined: they are. */
export function earlyDecision(thrown: unknown, circumstances: FailureCircumstances): FailureDecision | undefined {
  if (isOutOfMemory(thrown)) return { type: "policy", status: "crashed" };
  const name = memberOf(thrown, "name");
  if (name === "AbortTaskRunError" || name === "TaskPayloadParsedError") return finalFailure;
  const status = clientErrorStatus(thrown);
  if (status !== undefined && status >= 400 && status < 500 && status !== 408 && status !== 429) return finalFailure;
  return circumstances.areRetriesEnabled ? undefined : finalFailure;
}

/** The delay when no handler says otherwise; undefined when no attempt is left. */
export function defaultDelayMs(thrown: unknown, circumstances: FailureCircumstances): number | undefined {
  const { attemptNumber, maxAttempts, retry, random } = circumstances;
  const delayMs = retryDelayMs(retry, attemptNumber, maxAttempts, random());
  const resetMs = delayMs !== undefined && clientErrorStatus(thrown) === 429 ? timeToResetMs(thrown) : undefined;
  return resetMs === undefined ? delayMs : Math.round(resetMs + random() * 2000);
}

/** The decision of the default policy. */
export function policyDecision(delayMs: number | undefined): FailureDecision {
  return delayMs === undefined ? finalFailure : { type: "retry", delayMs };
}

/**
 * What a handler's truthy result decides (docs/tasks.md 4.4).
 *
 * @throws TypeError for a result that means nothing.
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
    return timedRetry(Math.min(Math.round(retryDelayInMs), latestDateMs - now), circumstances);
  }
  if (typeof retry !== "object" || retry === null) return finalFailure;
  const policy = parseRetryOptions(retry);
  return policyDecision(retryDelayMs(policy, circumstances.attemptNumber, policy.maxAttempts, circumstances.random()));
}

/** Chooses when the next attempt starts, not whether there is one. */
function timedRetry(delayMs: number, { attemptNumber, maxAttempts }: FailureCircumstances): FailureDecision {
  return attemptNumber < maxAttempts ? { type: "retry", delayMs: Math.max(0, delayMs) } : refusedRetry;
}

/** A failure of the system that something thrown caused. */
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

/** The name that every error of the SDK's client has, whichever copy of it made the error. */
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

/** A member of an `Error`; undefined of anything else, and when reading it throws. */
function memberOf(thrown: unknown, member: string): unknown {
  if (!isError(thrown)) return undefined;
  try {
    return (thrown as unknown as Readonly<Record<string, unknown>>)[member];
  } catch {
    return undefined;
  }
}
