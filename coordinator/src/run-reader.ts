import type { Clock } from "./clock.ts";
import type { RunId } from "./core/run.ts";
import type { Store, StoredRun } from "./store/store.ts";

/** Runs in one read, at most. */
export const runsPerRead = 500;

interface Waiting {
  readonly resolve: (stored: StoredRun | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/** Reads runs with their texts; what is asked for in one event-loop turn is one read of the store. */
export class RunReader {
  readonly #store: Store;
  readonly #clock: Clock;
  #waiting = new Map<RunId, Waiting[]>();
  #isScheduled = false;

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** The run as it is stored; undefined when there is none. Rejects with StoreError. */
  find(runId: RunId): Promise<StoredRun | undefined> {
    return new Promise((resolve, reject) => {
      const waiting = this.#waiting.get(runId);
      if (waiting === undefined) this.#waiting.set(runId, [{ resolve, reject }]);
      else waiting.push({ resolve, reject });
      if (this.#isScheduled) return;
      this.#isScheduled = true;
      this.#clock.soon(() => this.#readAll());
    });
  }

  #readAll(): void {
    this.#isScheduled = false;
    const waiting = this.#waiting;
    this.#waiting = new Map();
    const runIds = [...waiting.keys()];
    for (let at = 0; at < runIds.length; at += runsPerRead) {
      void this.#read(runIds.slice(at, at + runsPerRead), waiting);
    }
  }

  async #read(runIds: readonly RunId[], waiting: ReadonlyMap<RunId, readonly Waiting[]>): Promise<void> {
    try {
      const found = new Map((await this.#store.findRuns(runIds, true)).map((stored) => [stored.run.id, stored]));
      for (const runId of runIds) for (const { resolve } of waiting.get(runId) ?? []) resolve(found.get(runId));
    } catch (error) {
      for (const runId of runIds) for (const { reject } of waiting.get(runId) ?? []) reject(error);
    }
  }
}
