import { isFinalName, runStatusNameFromWire } from "../contract/run-status.ts";
import { type ApiError, isRetryable } from "./errors.ts";
import type { RunListener, RunWatcher } from "./run-watcher.ts";
import type { Transport } from "./transport.ts";

/** Follows runs by polling; for tasks, which have no stream. */
export class PollWatcher implements RunWatcher {
  readonly #transport: Transport;
  readonly #intervalMs: number;

  /** @param intervalMs - Milliseconds between two reads of one run. */
  constructor(transport: Transport, intervalMs = 250) {
    this.#transport = transport;
    this.#intervalMs = intervalMs;
  }

  watch(runId: string, listener: RunListener, intervalMs: number = this.#intervalMs): () => void {
    let timer: NodeJS.Timeout | undefined;
    let isActive = true;
    let revision = -1;
    const read = async (): Promise<void> => {
      const run = await this.#read(runId, listener);
      if (!isActive || run === "failed") return;
      if (run && run.revision !== revision) {
        revision = run.revision;
        listener.onRun(run);
      }
      // A final status never changes, so there is nothing left to read.
      if (isActive && !(run && isFinalName(runStatusNameFromWire(run.status))))
        timer = setTimeout(() => void read(), intervalMs);
    };
    void read();
    return () => {
      isActive = false;
      clearTimeout(timer);
    };
  }

  async #read(runId: string, listener: RunListener) {
    try {
      return (await this.#transport.call("GetRun", { runId }, 30_000)).run;
    } catch (error) {
      if (isRetryable(error)) return null;
      listener.onError(error as ApiError);
      return "failed";
    }
  }
}
