import type { RunView, RunWatch, WatchSink } from "./coordinator-api.ts";
import type { RunId } from "./core/run.ts";

interface Watcher {
  readonly sink: WatchSink;
  /** The revision that was told last, by run. */
  readonly told: Map<RunId, number>;
  /** Runs whose first answer is still being read, and the latest change since. */
  readonly reading: Map<RunId, RunView | undefined>;
}

/**
 * Tells watchers the latest durable state of the runs that they named. The first answer for a run is read from the store,
 * payload included; later ones are its changes, without the payload.
 */
export class WatchHub {
  readonly #watchers = new Map<RunId, Set<Watcher>>();
  readonly #read: (runId: RunId) => Promise<RunView | undefined>;

  /** @param read a run's durable state; asks until the store answers */
  constructor(read: (runId: RunId) => Promise<RunView | undefined>) {
    this.#read = read;
  }

  watch(sink: WatchSink): RunWatch {
    const watcher: Watcher = { sink, told: new Map(), reading: new Map() };
    return {
      add: (runId, seenRevision) => {
        watcher.told.set(runId, seenRevision);
        const watchers = this.#watchers.get(runId);
        if (watchers === undefined) this.#watchers.set(runId, new Set([watcher]));
        else watchers.add(watcher);
        watcher.reading.set(runId, undefined);
        void this.#read(runId).then((view) => {
          const change = watcher.reading.get(runId);
          watcher.reading.delete(runId);
          const first = change === undefined ? view : withPayload(change, view);
          // Nobody was told a revision that is not stored; such a watcher gets what there is, or it would wait for ever.
          if (first !== undefined && first.run.revision < seenRevision) watcher.told.set(runId, 0);
          if (first !== undefined) tell(watcher, runId, first);
          else if (watcher.told.get(runId) === seenRevision) sink(runId, undefined);
        });
      },
      remove: (runId) => this.#remove(watcher, runId),
      close: () => {
        for (const runId of [...watcher.told.keys()]) this.#remove(watcher, runId);
      },
    };
  }

  isWatched(runId: RunId): boolean {
    return this.#watchers.has(runId);
  }

  notify(runId: RunId, view: RunView): void {
    for (const watcher of this.#watchers.get(runId) ?? []) {
      const isReading = watcher.reading.has(runId);
      const change = watcher.reading.get(runId);
      if (!isReading) tell(watcher, runId, view);
      else if (change === undefined || change.run.revision < view.run.revision) watcher.reading.set(runId, view);
    }
  }

  /** Somebody else wrote this run: tells its watchers what is stored. */
  refresh(runId: RunId): void {
    if (!this.isWatched(runId)) return;
    void this.#read(runId).then((view) => {
      if (view !== undefined) this.notify(runId, view);
    });
  }

  #remove(watcher: Watcher, runId: RunId): void {
    watcher.told.delete(runId);
    const watchers = this.#watchers.get(runId);
    watchers?.delete(watcher);
    if (watchers?.size === 0) this.#watchers.delete(runId);
  }
}

function withPayload(change: RunView, read: RunView | undefined): RunView {
  if (read?.payload === undefined) return change;
  const { payload, payloadTypes } = read;
  return { ...change, payload, ...(payloadTypes !== undefined && { payloadTypes }) };
}

function tell(watcher: Watcher, runId: RunId, view: RunView): void {
  const told = watcher.told.get(runId);
  if (told === undefined || view.run.revision <= told) return;
  watcher.told.set(runId, view.run.revision);
  watcher.sink(runId, view);
}
