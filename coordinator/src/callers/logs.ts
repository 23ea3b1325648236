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

  /** @param endedAttemptIds attempts that print nothing after these lines */
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

  /** Whether lines of the run may still arrive although it is final. They do so for a second at most. */
  areAwaited(runId: RunId): boolean {
    return this.#listeners.isAwaited(runId);
  }

  /** Calls back when a run has new lines or became final. Returns what stops it. */
  onChanged(runId: RunId, callback: () => void): () => void {
    return this.#listeners.listen(runId, callback);
  }

  /** Calls back with the lines of all runs once they are stored. Returns what stops it. */
  onStored(callback: (logs: readonly RunLogs[]) => void): () => void {
    return this.#listeners.listenToAll(callback);
  }
}
