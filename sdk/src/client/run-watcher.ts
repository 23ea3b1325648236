import type { Run__Output } from "@baton/proto";
import type { ApiError } from "./errors.ts";

/** Told about one run. After `onError` nothing follows. */
export interface RunListener {
  /** The state now, then the latest state after changes. */
  onRun(run: Run__Output): void;
  /** The connection was lost; the watcher connects again by itself. */
  onConnectionLost?(): void;
  /** The run does not exist, or watching failed for good. */
  onError(error: ApiError): void;
}

/** Follows runs, over a stream or by asking again. */
export interface RunWatcher {
  /**
   * Starts to tell `listener`; the returned function ends it.
   * @param intervalMs - Milliseconds between two reads, for watchers that read the run again and again.
   */
  watch(runId: string, listener: RunListener, intervalMs?: number): () => void;
}
