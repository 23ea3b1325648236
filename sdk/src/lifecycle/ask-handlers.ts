import {
  defaultDelayMs,
  earlyDecision,
  type FailureCircumstances,
  handlerDecision,
  internalError,
  policyDecision,
  refusedRetry,
  storedError,
} from "./error-decision.ts";
import type { Hook } from "./hook-table.ts";
import { toRetryOptions } from "./retry.ts";
import { describeThrown, toTaskError } from "./task-error.ts";
import { failedVerdict, type Verdict } from "./verdict.ts";

/** A failure of an attempt. */
export interface Failure {
  readonly thrown: unknown;
  /** Whether nobody awaited the function that threw. */
  readonly isUncaught: boolean;
}

/** Calls one handler with its own members. `isStopped` tells that a cancellation or `maxDuration` took over meanwhile. */
export type CallHandler = (
  hook: Hook,
  own: Readonly<Record<string, unknown>>,
) => Promise<{ readonly result: unknown; readonly isStopped: boolean }>;

/**
 * Decides what follows a failure (docs/tasks.md 4.3): first the cases that no handler is asked about, then the first handler
 * that returns something, then the default policy. Returns undefined when a cancellation or `maxDuration` took over while a
 * handler ran. Never rejects.
 *
 * @param warn - Stores a line in the log of the attempt.
 */
export async function askHandlers(
  failure: Failure,
  circumstances: FailureCircumstances,
  now: number,
  handlers: readonly Hook[],
  call: CallHandler,
  warn: (message: string) => void,
): Promise<Verdict | undefined> {
  const { thrown, isUncaught } = failure;
  const early = earlyDecision(thrown, circumstances);
  if (early !== undefined) return failedVerdict(thrown, storedError(thrown, isUncaught), early);
  const delayMs = defaultDelayMs(thrown, circumstances);
  for (const handler of handlers) {
    try {
      const { result, isStopped } = await call(handler, {
        error: thrown,
        retry: toRetryOptions(circumstances.retry, circumstances.maxAttempts),
        retryDelayInMs: delayMs,
        retryAt: delayMs === undefined ? undefined : new Date(now + delayMs),
      });
      if (isStopped) return undefined;
      if (!result) continue;
      const decision = handlerDecision(result, circumstances, now);
      if (decision === refusedRetry) warn(refusal(handler, circumstances.maxAttempts));
      const { error } = result as { error?: unknown };
      return error
        ? failedVerdict(error, toTaskError(error), decision)
        : failedVerdict(thrown, storedError(thrown, isUncaught), decision);
    } catch (cause) {
      const broken = new Error(`handleError failed. ${describeThrown(cause).message}`, { cause });
      const error = internalError("HANDLE_ERROR_ERROR", broken);
      return failedVerdict(thrown, error, { type: "final", status: "crashed" });
    }
  }
  return failedVerdict(thrown, storedError(thrown, isUncaught), policyDecision(delayMs));
}

function refusal({ kind }: Hook, maxAttempts: number): string {
  const limit = `this was the last attempt that the run's maxAttempts of ${maxAttempts} allows`;
  return `${kind} asked for another attempt, and ${limit}. The run fails.`;
}
