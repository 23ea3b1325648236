import type { AttemptId, RunId } from "@baton/proto/contract/ids";
import type { Engine } from "../engine/engine.ts";
import type { RunLogs, Store, StoredLogEntry } from "../store/store.ts";
import type { LogListeners } from "./log-listeners.ts";

/** The lines that tasks print: stored for runners, read by callers. */
export class Logs {
  readonly #engine: Engine;
  readonly #store: Store;
  readonly #listeners: LogListeners;

  constructor(engine: Engine, store: Store, listeners: LogListeners) {
    this.#engine = engine;
    this.#store = store;
    this.#listeners = listeners;
  }

  /** @param endedAttemptIds attempts that print no lines after these */
  async append(logs: readonly RunLogs[], endedAttemptIds: readonly AttemptId[]): Promise<void> {
    this.#engine.assertRunning();
    if (logs.length > 0) {
      await this.#store.appendLogs(logs);
      this.#listeners.stored(logs);
    }
    for (const attemptId of endedAttemptIds) this.#listeners.ended(attemptId);
  }

  /** Reads stored lines as `Store.readLogs` does. */
  async read(runId: RunId, after: number, limit: number): Promise<readonly StoredLogEntry[]> {
    this.#engine.assertRunning();
    return await this.#store.readLogs(runId, after, limit);
  }

  /** Returns whether more lines of the run may arrive, even if it is final: then for a second at most. */
  areAwaited(runId: RunId): boolean {
    return this.#listeners.isAwaited(runId);
  }

  /** Calls back when a run has new lines or became final. Returns a function that stops it. */
  onChanged(runId: RunId, callback: () => void): () => void {
    return this.#listeners.listen(runId, callback);
  }

  /** Calls back with the lines of all runs once they are stored. Returns a function that stops it. */
  onStored(callback: (logs: readonly RunLogs[]) => void): () => void {
    return this.#listeners.listenToAll(callback);
  }
}
