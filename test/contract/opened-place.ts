import type { Run, Store } from "@baton/coordinator";
import type { Batch, CommitResult, RunWrite, StorePurpose } from "@baton/coordinator/internal/store/store";
import type { RunId } from "@baton/proto/contract/ids";

/** Where a store keeps its data; it outlives the stores that are opened on it. */
export interface StorePlace {
  /** A new store on this place, not opened. */
  makeStore(): Store;
  remove(): Promise<void>;
}

/** A place with an open store on it. `await using` closes and removes it. */
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

  /** Closes the store and opens another one on the same place. */
  async reopen(purpose?: StorePurpose): Promise<void> {
    await this.#store.close();
    this.#store = this.#place.makeStore();
    this.#epoch = (await this.#store.open(purpose)).epoch;
  }

  /** Commits as the next batch. */
  commit(writes: readonly RunWrite[]): Promise<CommitResult> {
    return this.#store.commitBatch(this.batchOf(writes));
  }

  /** A batch with the next number, not sent. */
  batchOf(writes: readonly RunWrite[]): Batch {
    this.#batches += 1;
    return { number: this.#batches, writes };
  }

  /** Inserts runs, none of which may exist. */
  async insert(...runs: readonly Run[]): Promise<void> {
    const { conflicts } = await this.commit(runs.map((run) => ({ run, replaces: 0 })));
    if (conflicts.length > 0) throw new Error(`These runs exist already: ${conflicts.join(", ")}.`);
  }

  /** One run, or nothing. */
  async find(id: RunId): Promise<Run | undefined> {
    return (await this.#store.findRuns([id], false))[0]?.run;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#store.close();
    await this.#place.remove();
  }
}

/** The ids of runs, in their order. */
export function idsOf(runs: readonly Pick<Run, "id">[]): readonly RunId[] {
  return runs.map((run) => run.id);
}
