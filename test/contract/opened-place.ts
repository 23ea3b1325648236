import type { Run, Store } from "@baton/coordinator";
import type { Batch, CommitResult, RunWrite, StorePurpose } from "@baton/coordinator/internal/store/store";
import type { RunId } from "@baton/proto/contract/ids";

/** The data of a store. It outlives the stores that are opened on it. */
export interface StorePlace {
  /** Returns a new store on this data, not opened. */
  makeStore(): Store;
  remove(): Promise<void>;
}

/** A store's data with an open store. `await using` closes and removes it. */
export class OpenedPlace implements AsyncDisposable {
  readonly #place: StorePlace;
  #store: Store;
  #epoch: number;
  #batches = 0;

  private constructor(place: StorePlace, store: Store, epoch: number) {
    this.#place = place;
    this.#store = store;
    this.#epoch = epoch;
  }

  /** Opens the first store. */
  static async open(place: StorePlace): Promise<OpenedPlace> {
    const store = place.makeStore();
    const { epoch } = await store.open();
    return new OpenedPlace(place, store, epoch);
  }

  get store(): Store {
    return this.#store;
  }

  get epoch(): number {
    return this.#epoch;
  }

  /** Closes the store and opens another one on the same data. */
  async reopen(purpose?: StorePurpose): Promise<void> {
    await this.#store.close();
    this.#store = this.#place.makeStore();
    this.#epoch = (await this.#store.open(purpose)).epoch;
  }

  /** Commits writes as the next batch. */
  commit(writes: readonly RunWrite[]): Promise<CommitResult> {
    return this.#store.commitBatch(this.batchOf(writes));
  }

  /** Returns a batch with the next number, without committing it. */
  batchOf(writes: readonly RunWrite[]): Batch {
    this.#batches += 1;
    return { number: this.#batches, writes };
  }

  /** Inserts runs. None of them may exist. */
  async insert(...runs: readonly Run[]): Promise<void> {
    const { conflicts } = await this.commit(runs.map((run) => ({ run, replaces: 0 })));
    if (conflicts.length > 0) throw new Error(`These runs exist already: ${conflicts.join(", ")}.`);
  }

  /** Finds one run. */
  async find(id: RunId): Promise<Run | undefined> {
    return (await this.#store.findRuns([id], false))[0]?.run;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#store.close();
    await this.#place.remove();
  }
}

/** Returns the ids of runs, in the same order. */
export function idsOf(runs: readonly Pick<Run, "id">[]): readonly RunId[] {
  return runs.map((run) => run.id);
}
