import type { RunId } from "@baton/proto/contract/ids";
import type { Run } from "../core/life/run.ts";
import type { Engine } from "../engine/engine.ts";
import type { RunReader } from "../engine/run-reader.ts";
import type { ListCursor, ListedRun, RunFilter, Store, StoredRun } from "../store/store.ts";

/** A run as callers see it. */
export interface RunView extends StoredRun {
  /** What a queued or pending run waits for, in one line. */
  readonly waitingFor?: string;
}

/** Reads stored runs. */
export class RunQueries {
  readonly #engine: Engine;
  readonly #store: Store;
  readonly #reader: RunReader;

  constructor(engine: Engine, store: Store, reader: RunReader) {
    this.#engine = engine;
    this.#store = store;
    this.#reader = reader;
  }

  async find(runId: RunId): Promise<RunView | undefined> {
    this.#engine.assertRunning();
    if (this.#engine.findUnwritten(runId) !== undefined) await this.#engine.whenDurable();
    const stored = await this.#reader.find(runId);
    return stored && viewOf(stored, this.#engine);
  }

  /** Finds the run without its texts. */
  async findState(runId: RunId): Promise<Run | undefined> {
    this.#engine.assertRunning();
    if (this.#engine.findUnwritten(runId) !== undefined) await this.#engine.whenDurable();
    return (await this.#store.findRuns([runId], false))[0]?.run;
  }

  /** Lists stored runs whose id begins with `idPrefix`, in the order of their ids, at most `limit`. */
  async findByPrefix(idPrefix: string, limit: number): Promise<readonly Run[]> {
    this.#engine.assertRunning();
    return await this.#store.findRunsByPrefix(idPrefix, limit);
  }

  async list(
    filter: RunFilter,
    cursor: { readonly before?: ListCursor; readonly after?: ListCursor },
    limit: number,
  ): Promise<readonly ListedRun[]> {
    this.#engine.assertRunning();
    return await this.#store.listRuns(filter, cursor, limit);
  }
}

/** Adds what a run waits for, if it is queued or pending. */
export function viewOf(stored: StoredRun, engine: Pick<Engine, "now" | "partition">): RunView {
  const { status } = stored.run;
  if (status !== "queued" && status !== "pendingVersion") return stored;
  return { ...stored, waitingFor: engine.partition.explain(stored.run, engine.now) };
}
