import type { RunView, RunWatch, WatchSink } from "./coordinator-api.ts";
import type { RunId } from "./core/run.ts";

interface Watcher {
  readonly sink: WatchSink;
  /** The revision that was told last, by run. */
  readonly told: Map<RunId, number>;
}

/** Tells watchers the latest durable state of the runs that they named. */
export class WatchHub {
  readonly #watchers = new Map<RunId, Set<Watcher>>();
  readonly #read: (runId: RunId) => Promise<RunView | undefined>;

  /** @param read a run's durable state */
  constructor(read: (runId: RunId) => Promise<RunView | undefined>) {
    this.#read = read;
  }

  watch(sink: WatchSink): RunWatch {
    const watcher: Watcher = { sink, told: new Map() };
    return {
      add: (runId, seenRevision) => {
        watcher.told.set(runId, seenRevision);
        const watchers = this.#watchers.get(runId);
        if (watchers === undefined) this.#watchers.set(runId, new Set([watcher]));
        else watchers.add(watcher);
        this.#read(runId).then(
          (view) => {
            if (view !== undefined) tell(watcher, runId, view);
            else if (watcher.told.get(runId) === seenRevision) sink(runId, undefined);
          },
          () => undefined, // the store is away; the next change, or the client's next stream, brings the state
        );
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
    for (const watcher of this.#watchers.get(runId) ?? []) tell(watcher, runId, view);
  }

  #remove(watcher: Watcher, runId: RunId): void {
    watcher.told.delete(runId);
    const watchers = this.#watchers.get(runId);
    watchers?.delete(watcher);
    if (watchers?.size === 0) this.#watchers.delete(runId);
  }
}

function tell(watcher: Watcher, runId: RunId, view: RunView): void {
  const told = watcher.told.get(runId);
  if (told === undefined || view.run.revision <= told) return;
  watcher.told.set(runId, view.run.revision);
  watcher.sink(runId, view);
}
