import type { Logger } from "pino";
import type { Run } from "../core/life/run.ts";
import { beforeAll, isWithin } from "../core/scheduling/bounded-window.ts";
import { compareSortKeys, type SortKey } from "../core/scheduling/lane.ts";
import { placeByDueTime, placeInLane } from "../store/page.ts";
import type { Page, Store } from "../store/store.ts";
import { type Engine, inBackground } from "./engine.ts";

/** How often the store is searched for runs that an earlier owner wrote after this owner's load, in milliseconds. */
export const sweepIntervalMs = 30_000;
/** How long after a start the search also covers waiting runs, in milliseconds. */
export const lateWriteMs = 120_000;
/** The most runs in one page. */
export const runsPerSweepPage = 1_000;

/** Returns the place up to which memory has an ordered set of runs. */
type BoundOf = () => SortKey | undefined;

/**
 * Finds late writes: runs that an earlier owner had sent to the store and that the store applied after this owner had
 * read their place. Unless a caller repeats the trigger, nothing else leads to such a run before the next start. Every
 * sweep searches for runs that a runner may execute. Sweeps of the first minutes also search for runs that wait, but
 * only where memory should be complete: runs beyond that place come with the pages that are read anyway. So the cost of
 * a sweep grows with memory, not with the backlog.
 */
export class LateWrites {
  readonly #engine: Engine;
  readonly #store: Store;
  readonly #log: Logger;
  #sweptAt = Number.POSITIVE_INFINITY;
  #waitingSweptAt = 0;
  #lateUntil = 0;
  #isSweeping = false;

  constructor(engine: Engine, store: Store, log: Logger) {
    this.#engine = engine;
    this.#store = store;
    this.#log = log;
  }

  /** Starts the time to the first sweep. `now` is when the store was loaded, in monotonic milliseconds. */
  loaded(now: number): void {
    this.#sweptAt = now;
    this.#waitingSweptAt = now;
    this.#lateUntil = now + lateWriteMs;
  }

  /** Starts a sweep when it is time for one. */
  tick(now: number): void {
    if (this.#isSweeping || now - this.#sweptAt < sweepIntervalMs) return;
    this.#sweptAt = now;
    this.#isSweeping = true;
    inBackground(this.#sweep(now));
  }

  async #sweep(now: number): Promise<void> {
    await this.#adoptMissing(await this.#engine.read(() => this.#store.loadActive()), () => true);
    // The last sweep of waiting runs is the first one that begins after the end of `lateWriteMs`.
    if (this.#waitingSweptAt < this.#lateUntil) {
      this.#waitingSweptAt = now;
      await this.#sweepWaiting();
    }
    this.#isSweeping = false;
  }

  async #sweepWaiting(): Promise<void> {
    const { partition } = this.#engine;
    for (const lane of await this.#engine.read(() => this.#store.listLanes())) {
      const readPage = async (after: SortKey | undefined) => {
        const [page = { runs: [] }] = await this.#store.readBacklog([{ lane, after, limit: runsPerSweepPage }]);
        return page;
      };
      await this.#sweepWindow(readPage, placeInLane, () => partition.laneBound(lane));
    }
    const until = partition.dueBound?.time ?? Number.POSITIVE_INFINITY;
    const readPage = (after: SortKey | undefined) => this.#store.readDue(after, until, runsPerSweepPage);
    await this.#sweepWindow(readPage, placeByDueTime, () => partition.dueBound);
    const taskIds = await this.#engine.read(() => this.#store.listPendingTasks());
    this.#engine.step({ type: "pendingFound", taskIds });
  }

  /**
   * Reads from the head to where memory ends. That place may move; no page beyond its first or latest position is read.
   */
  async #sweepWindow(
    readPage: (after: SortKey | undefined) => Promise<Page>,
    placeOf: (run: Run) => SortKey,
    boundOf: BoundOf,
  ): Promise<void> {
    const boundAtStart = boundOf();
    let after: SortKey | undefined;
    while (hasBefore(boundAtStart, after) && hasBefore(boundOf(), after)) {
      const page = await this.#engine.read(() => readPage(after));
      await this.#adoptMissing(page.runs, (run) => isWithin(placeOf(run), boundOf()));
      if (page.end === undefined) return;
      after = page.end;
    }
  }

  /**
   * Adopts runs that memory lacks. Each is read again first: it may have ended and left memory since the first read.
   */
  async #adoptMissing(found: readonly Run[], belongsInMemory: (run: Run) => boolean): Promise<void> {
    const isMissing = (run: Run) => this.#engine.find(run.id) === undefined && belongsInMemory(run);
    const revisions = new Map(found.filter(isMissing).map(({ id, revision }) => [id, revision]));
    if (revisions.size === 0) return;
    const stored = await this.#engine.read(() => this.#store.findRuns([...revisions.keys()], false));
    const late = stored.map(({ run }) => run).filter((run) => run.revision === revisions.get(run.id) && isMissing(run));
    if (late.length === 0) return;
    this.#log.warn({ runIds: late.map(({ id }) => id) }, "runs were written late by an earlier owner, adopted");
    this.#engine.adopt(late);
  }
}

/** Returns whether an ordered set that ends at `bound` continues after `after`. */
function hasBefore(bound: SortKey | undefined, after: SortKey | undefined): boolean {
  return bound === undefined || compareSortKeys(after ?? beforeAll, bound) < 0;
}
