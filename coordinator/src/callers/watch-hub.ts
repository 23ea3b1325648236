import type { RunId } from "@baton/proto/contract/ids";
import { type Engine, inBackground } from "../engine/engine.ts";
import type { RunQueries, RunView } from "./run-queries.ts";

/** The most concurrent reads for one watcher. */
export const readsPerWatcher = 64;

/**
 * Gets the latest state of a watched run; `undefined`: no run has the id. Returns whether there was room for the state.
 * If not, the run is read again for this watcher when its pace allows.
 */
export type WatchSink = (runId: RunId, view: RunView | undefined) => boolean;

/** Resolves when a watcher has room for the next read, with a function that ends that read. */
export type WatchPace = () => Promise<() => void>;

/** One watcher's set of runs. */
export interface RunWatch {
  /**
   * Adds a run. The sink gets the current state, unless it is `seenRevision`, and later the state after each change.
   */
  add(runId: RunId, seenRevision: number): void;
  remove(runId: RunId): void;
  close(): void;
}

interface Watcher {
  readonly sink: WatchSink;
  readonly pace: WatchPace | undefined;
  /** The last revision that the watcher got, by run. */
  readonly told: Map<RunId, number>;
  /** Runs that must be read, among them those whose change the watcher refused. */
  readonly toRead: Set<RunId>;
  /** Runs that are being read, with the latest change since the read began. */
  readonly reading: Map<RunId, RunView | undefined>;
  isPumping: boolean;
  /** Runs in the next read: one after the watcher refused a change, then twice as many each time. */
  atOnce: number;
}

/**
 * Sends watchers the latest durable state of the runs that they name. The first answer for a run is read from the
 * store, with its payload; later ones are its changes, without the payload. A change that a watcher has no room for is
 * read again later.
 */
export class WatchHub {
  readonly #watchers = new Map<RunId, Set<Watcher>>();
  readonly #engine: Pick<Engine, "read">;
  readonly #runs: Pick<RunQueries, "find">;

  constructor(engine: Pick<Engine, "read">, runs: Pick<RunQueries, "find">) {
    this.#engine = engine;
    this.#runs = runs;
  }

  watch(sink: WatchSink, pace?: WatchPace): RunWatch {
    const watcher: Watcher = {
      sink,
      pace,
      told: new Map(),
      toRead: new Set(),
      reading: new Map(),
      isPumping: false,
      atOnce: readsPerWatcher,
    };
    return {
      add: (runId, seenRevision) => {
        watcher.told.set(runId, seenRevision);
        const watchers = this.#watchers.get(runId);
        if (watchers === undefined) this.#watchers.set(runId, new Set([watcher]));
        else watchers.add(watcher);
        this.#readSoon(watcher, runId);
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
      if (!isReading && !watcher.toRead.has(runId)) this.#tell(watcher, runId, view);
      else if (isReading && (change === undefined || change.run.revision < view.run.revision)) {
        watcher.reading.set(runId, view);
      }
    }
  }

  /** Reads a run that another process wrote, for its watchers. */
  refresh(runId: RunId): void {
    if (!this.isWatched(runId)) return;
    inBackground(
      this.#read(runId).then((view) => {
        if (view !== undefined) this.notify(runId, view);
      }),
    );
  }

  #read(runId: RunId): Promise<RunView | undefined> {
    return this.#engine.read(() => this.#runs.find(runId));
  }

  #readSoon(watcher: Watcher, runId: RunId): void {
    watcher.toRead.add(runId);
    if (watcher.isPumping) return;
    watcher.isPumping = true;
    if (watcher.pace === undefined) this.#pumpUnpaced(watcher);
    else inBackground(this.#pump(watcher, watcher.pace));
  }

  #pumpUnpaced(watcher: Watcher): void {
    watcher.isPumping = false;
    for (const runId of watcher.toRead) {
      watcher.toRead.delete(runId);
      inBackground(this.#readFor(watcher, runId));
    }
  }

  async #pump(watcher: Watcher, pace: WatchPace): Promise<void> {
    while (watcher.toRead.size > 0) {
      const done = await pace();
      const runIds: RunId[] = [];
      for (const runId of watcher.toRead) {
        if (runIds.length >= watcher.atOnce) break;
        watcher.toRead.delete(runId);
        runIds.push(runId);
      }
      watcher.atOnce = Math.min(readsPerWatcher, watcher.atOnce * 2);
      await Promise.all(runIds.map((runId) => this.#readFor(watcher, runId)));
      done();
    }
    watcher.isPumping = false;
  }

  async #readFor(watcher: Watcher, runId: RunId): Promise<void> {
    const seenRevision = watcher.told.get(runId);
    if (seenRevision === undefined) return;
    watcher.reading.set(runId, undefined);
    const view = await this.#read(runId);
    const change = watcher.reading.get(runId);
    watcher.reading.delete(runId);
    const first = change === undefined || isNewer(view, change) ? view : withPayload(change, view);
    // A watcher cannot have seen a revision that is not stored. It gets the stored state, or it would wait forever.
    if (first !== undefined && first.run.revision < seenRevision && watcher.told.has(runId)) watcher.told.set(runId, 0);
    if (first !== undefined) this.#tell(watcher, runId, first);
    else if (watcher.told.get(runId) === seenRevision) watcher.sink(runId, undefined);
  }

  #tell(watcher: Watcher, runId: RunId, view: RunView): void {
    const told = watcher.told.get(runId);
    if (told === undefined || view.run.revision <= told) return;
    if (!watcher.sink(runId, view)) {
      watcher.atOnce = 1;
      this.#readSoon(watcher, runId);
    } else if (watcher.told.has(runId)) watcher.told.set(runId, view.run.revision);
  }

  #remove(watcher: Watcher, runId: RunId): void {
    watcher.told.delete(runId);
    watcher.toRead.delete(runId);
    const watchers = this.#watchers.get(runId);
    watchers?.delete(watcher);
    if (watchers?.size === 0) this.#watchers.delete(runId);
  }
}

function isNewer(view: RunView | undefined, change: RunView): boolean {
  return view !== undefined && view.run.revision > change.run.revision;
}

function withPayload(change: RunView, read: RunView | undefined): RunView {
  if (read?.payload === undefined) return change;
  const { payload, payloadTypes } = read;
  return { ...change, payload, ...(payloadTypes !== undefined && { payloadTypes }) };
}
