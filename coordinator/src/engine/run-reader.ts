import type { Clock } from "@baton/proto/clock";
import type { RunId } from "@baton/proto/contract/ids";
import { OncePerTurn } from "@baton/proto/once-per-turn";
import { type Store, type StoredRun, textLengthOf } from "../store/store.ts";

/** The most runs in one read. */
export const runsPerRead = 500;
/** Characters of texts after which a read takes no further run, so that a read of large runs takes bounded memory. */
export const readTextLength = 4 * 1024 * 1024;
/** The most concurrent reads; requests that arrive meanwhile are read together. */
export const readsAtOnce = 4;

interface Waiting {
  readonly resolve: (stored: StoredRun | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/** Reads runs with their texts. The requests of one turn share one read of the store, unless the runs are large. */
export class RunReader {
  readonly #store: Store;
  readonly #waiting = new Map<RunId, Waiting[]>();
  #reads = 0;
  readonly #reading: OncePerTurn;

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#reading = new OncePerTurn(() => this.#readWaiting(), clock);
  }

  /** Resolves with the stored run; undefined: no run has the id. @throws StoreError */
  find(runId: RunId): Promise<StoredRun | undefined> {
    return new Promise((resolve, reject) => {
      const waiting = this.#waiting.get(runId);
      if (waiting === undefined) this.#waiting.set(runId, [{ resolve, reject }]);
      else waiting.push({ resolve, reject });
      this.#reading.plan();
    });
  }

  #readWaiting(): void {
    while (this.#waiting.size > 0 && this.#reads < readsAtOnce) {
      const asked = [...this.#waiting].slice(0, runsPerRead);
      for (const [runId] of asked) this.#waiting.delete(runId);
      void this.#read(new Map(asked));
    }
  }

  async #read(asked: ReadonlyMap<RunId, readonly Waiting[]>): Promise<void> {
    this.#reads += 1;
    try {
      const found = await this.#store.findRuns([...asked.keys()], true, readTextLength);
      const byId = new Map(found.map((stored) => [stored.run.id, stored]));
      const isCut = found.reduce((sum, stored) => sum + textLengthOf(stored), 0) >= readTextLength;
      for (const [runId, waiting] of asked) {
        const stored = byId.get(runId);
        if (stored === undefined && isCut) this.#askAgain(runId, waiting);
        else for (const { resolve } of waiting) resolve(stored);
      }
    } catch (error) {
      for (const waiting of asked.values()) for (const { reject } of waiting) reject(error);
    }
    this.#reads -= 1;
    if (this.#waiting.size > 0) this.#reading.plan();
  }

  #askAgain(runId: RunId, waiting: readonly Waiting[]): void {
    const others = this.#waiting.get(runId);
    if (others === undefined) this.#waiting.set(runId, [...waiting]);
    else others.push(...waiting);
  }
}
