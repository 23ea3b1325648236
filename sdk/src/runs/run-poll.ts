import type { Run__Output } from "@baton/proto";
import { currentClient } from "../client/client.ts";
import { apiError } from "../client/errors.ts";
import { parseDuration } from "../contract/duration-text.ts";
import { longestTimerMs } from "../contract/limits.ts";
import { isFinalName, runStatusNameFromWire } from "../contract/run-status.ts";
import { RunPollTimeoutError } from "./run-poll-timeout-error.ts";

/** Options of `runs.poll`. */
export interface PollOptions {
  /**
   * Longest wait: a duration such as `"10m"`, or seconds, above 0. Then the call rejects with {@link RunPollTimeoutError},
   * and the run goes on.
   * @defaultValue no limit
   */
  readonly timeout?: string | number;
  /** Ends the wait when it is aborted: the call rejects with the signal's reason, and the run goes on. */
  readonly signal?: AbortSignal;
  /**
   * Milliseconds between two reads of the run, above 0. Used inside tasks only; elsewhere a stream reports the end at once.
   * @defaultValue 250
   */
  readonly pollIntervalMs?: number;
}

/**
 * Resolves with the run when it has ended.
 * @throws RunPollTimeoutError; the reason of `options.signal`; ApiError
 * @internal
 */
export async function pollRun(runId: string, options: PollOptions): Promise<Run__Output> {
  const { signal, pollIntervalMs } = options;
  if (pollIntervalMs !== undefined && !(pollIntervalMs > 0)) {
    throw apiError("OPTION_INVALID", `Expected "pollIntervalMs" above 0, got ${pollIntervalMs}.`, "pollIntervalMs");
  }
  const timeoutMs = toTimeoutMs(options.timeout);
  signal?.throwIfAborted();
  const undo: (() => void)[] = [];
  try {
    return await new Promise<Run__Output>((resolve, reject) => {
      if (timeoutMs !== undefined) {
        undo.push(startTimer(timeoutMs, () => reject(new RunPollTimeoutError(runId, timeoutMs))));
      }
      const onAbort = (): void => reject(signal?.reason);
      signal?.addEventListener("abort", onAbort);
      undo.push(() => signal?.removeEventListener("abort", onAbort));
      const listener = {
        onRun: (run: Run__Output) => {
          if (isFinalName(runStatusNameFromWire(run.status))) resolve(run);
        },
        onError: reject,
      };
      undo.push(currentClient().watcher.watch(runId, listener, pollIntervalMs));
    });
  } finally {
    for (const step of undo) step();
  }
}

function toTimeoutMs(timeout: string | number | undefined): number | undefined {
  if (timeout === undefined) return undefined;
  const ms = typeof timeout === "string" ? parseDuration(timeout) : timeout * 1000;
  if (ms !== undefined && ms > 0) return ms;
  const shown = JSON.stringify(timeout);
  throw apiError(
    "OPTION_INVALID",
    `Expected a duration such as "10m", or seconds, for "timeout", got ${shown}.`,
    "timeout",
  );
}

/** Calls `onTime` after `delayMs`, however long that is. The returned function stops the timer. */
function startTimer(delayMs: number, onTime: () => void): () => void {
  const dueAt = performance.now() + delayMs;
  let timer: NodeJS.Timeout;
  const wait = (): void => {
    const leftMs = dueAt - performance.now();
    if (leftMs <= 0) onTime();
    else timer = setTimeout(wait, Math.min(Math.ceil(leftMs), longestTimerMs));
  };
  wait();
  return () => clearTimeout(timer);
}
