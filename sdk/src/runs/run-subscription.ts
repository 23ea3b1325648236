import type { Run__Output } from "@baton/proto";
import { currentClient } from "../client/client.ts";
import { isFinalName, runStatusNameFromWire } from "../contract/run-status.ts";
import { type RetrievedRun, toRetrievedRun } from "./run-object.ts";

/** Options of `runs.subscribeToRun`. */
export interface SubscribeOptions {
  /** Ends the iteration after the final state. @defaultValue true */
  readonly stopOnCompletion?: boolean;
  /** Ends the iteration, without an error, when it is aborted. */
  readonly signal?: AbortSignal;
  /** Called each time the connection is lost; the iteration goes on over the next connection. Not inside tasks. */
  readonly onConnectionLost?: () => void;
}

/** Yields a run's state now, then its latest state after changes. A slow reader misses states, never the last one. */
export async function* subscribeToRun<TPayload, TOutput>(
  runId: string,
  options: SubscribeOptions = {},
): AsyncGenerator<RetrievedRun<TPayload, TOutput>, void, undefined> {
  const { onConnectionLost, stopOnCompletion = true, signal } = options;
  let latest: Run__Output | undefined;
  let failure: Error | undefined;
  let wake: () => void = () => undefined;
  const stop = currentClient().watcher.watch(runId, {
    onRun: (run) => {
      latest = run;
      wake();
    },
    ...(onConnectionLost && { onConnectionLost }),
    onError: (error) => {
      failure = error;
      wake();
    },
  });
  const onAbort = (): void => wake();
  signal?.addEventListener("abort", onAbort);
  try {
    while (!signal?.aborted) {
      if (latest) {
        const run = latest;
        latest = undefined;
        yield toRetrievedRun(run);
        if (stopOnCompletion && isFinalName(runStatusNameFromWire(run.status))) return;
      } else if (failure) {
        throw failure;
      } else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  } finally {
    signal?.removeEventListener("abort", onAbort);
    stop();
  }
}
