import type { Run__Output } from "@baton/proto";
import type { ApiError } from "./errors.ts";

/** Receives the states of one run. No call follows `onError`. */
export interface RunListener {
  /** Receives the state now, then the latest state after changes. */
  onRun(run: Run__Output): void;
  /** Reports that the connection was lost; the watcher reconnects by itself. */
  onConnectionLost?(): void;
  /** Reports that the run does not exist, or that watching failed for good. */
  onError(error: ApiError): void;
}

/** Follows runs, over a stream or by reading them again. */
export interface RunWatcher {
  /**
   * Starts to report a run to `listener`; the returned function stops that.
   * @param intervalMs - Milliseconds between two reads, for a watcher that polls.
   */
  watch(runId: string, listener: RunListener, intervalMs?: number): () => void;
}
