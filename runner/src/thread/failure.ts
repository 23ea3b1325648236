import { describeThrown, isError, toTaskError } from "@baton/sdk/lifecycle";
import type { BuiltRetry } from "../build/manifest.ts";
import type { AttemptEnd, FailureDecision } from "../outcome.ts";

/** What the decision about a failed attempt rests on (spec 4.3). */
export interface FailureCircumstances {
  readonly attemptNumber: number;
  /** Total attempts of the run. */
  readonly maxAttempts: number;
  readonly retry: BuiltRetry;
  /** False in a development environment that switched them off. */
  readonly areRetriesEnabled: boolean;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/** How an attempt ends whose `run` threw. */
export function failureOf(thrown: unknown, circumstances: FailureCircumstances): AttemptEnd {
  if (isOutOfMemory(thrown)) {
    const { message, stackTrace } = describeThrown(thrown);
    const error = { type: "internal", code: "TASK_PROCESS_OOM_KILLED", message, stackTrace } as const;
    return { type: "failed", error, decision: { type: "policy", status: "crashed" } };
  }
  return { type: "failed", error: toTaskError(thrown), decision: decide(thrown, circumstances) };
}

/** How an attempt ends that had an uncaught exception or an unhandled rejection. */
export function uncaughtFailureOf(thrown: unknown, circumstances: FailureCircumstances): AttemptEnd {
  const { message, stackTrace } = describeThrown(thrown);
  const error = { type: "internal", code: "TASK_RUN_UNCAUGHT_EXCEPTION", message, stackTrace } as const;
  return { type: "failed", error, decision: decideByPolicy(circumstances) };
}

/**
 * How long to wait after a failed attempt, in whole milliseconds; undefined when no attempt is left. The random factor
 * comes before the cap, so a capped delay is exactly `maxTimeoutMs`.
 */
export function retryDelayMs(circumstances: FailureCircumstances): number | undefined {
  const { attemptNumber, maxAttempts, retry, random } = circumstances;
  if (attemptNumber >= Math.max(1, maxAttempts)) return undefined;
  const spread = retry.randomize ? 1 + random() : 1;
  return Math.round(Math.min(retry.maxTimeoutMs, spread * retry.minTimeoutMs * retry.factor ** (attemptNumber - 1)));
}

const failed: FailureDecision = { type: "final", status: "failed" };

function decide(thrown: unknown, circumstances: FailureCircumstances): FailureDecision {
  const name = isError(thrown) ? thrown.name : undefined;
  if (name === "AbortTaskRunError" || name === "TaskPayloadParsedError") return failed;
  const status = clientErrorStatus(thrown);
  if (status !== undefined && status >= 400 && status < 500 && status !== 408 && status !== 429) return failed;
  const decision = decideByPolicy(circumstances);
  const resetMs = status === 429 && decision.type === "retry" ? timeToResetMs(thrown) : undefined;
  if (resetMs === undefined) return decision;
  return { type: "retry", delayMs: Math.round(resetMs + circumstances.random() * 2000) };
}

function decideByPolicy(circumstances: FailureCircumstances): FailureDecision {
  const delayMs = circumstances.areRetriesEnabled ? retryDelayMs(circumstances) : undefined;
  return delayMs === undefined ? failed : { type: "retry", delayMs };
}

/** The name that every error of the SDK's client has, whichever copy of it made the error. */
const clientErrorName = "TriggerApiError";

function clientErrorStatus(thrown: unknown): number | undefined {
  if (!isError(thrown) || thrown.name !== clientErrorName) return undefined;
  const { status } = thrown as { status?: unknown };
  return typeof status === "number" ? status : undefined;
}

function timeToResetMs(thrown: unknown): number | undefined {
  const { millisecondsUntilReset } = thrown as { millisecondsUntilReset?: unknown };
  return typeof millisecondsUntilReset === "number" && millisecondsUntilReset >= 0 ? millisecondsUntilReset : undefined;
}

function isOutOfMemory(thrown: unknown): boolean {
  if (!isError(thrown)) return false;
  return thrown.name === "OutOfMemoryError" || /ffmpeg was killed with signal SIGKILL/.test(String(thrown.message));
}
