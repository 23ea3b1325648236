import type { Logger } from "pino";
import type { Run } from "../core/life/run.ts";
import { beforeAll, isWithin } from "../core/scheduling/bounded-window.ts";
import { compareSortKeys, type SortKey } from "../core/scheduling/lane.ts";
import { placeByDueTime, placeInLane } from "../store/page.ts";
import type { Page, Store } from "../store/store.ts";
import { type Engine, inBackground } from "./engine.ts";

/** How often the store is searched for runs that an earlier owner wrote after we had loaded, in milliseconds. */
export const sweepIntervalMs = 30_000;
/** How long after our start what an earlier owner wrote about waiting runs is still looked for, in milliseconds. */
export const lateWriteMs = 120_000;
/** Runs of one page. */
export const runsPerSweepPage = 1_000;

/** Where memory of an ordered set of runs ends. */
type BoundOf = () => SortKey | undefined;

/**
 * Finds what an earlier owner had sent and the store applied after we had read the place where it belongs. When no caller
 * repeats its trigger, nothing else leads to such a run before the next start. One that somebody may execute is found at
 * any time. One that waits is looked for only where memory is thought to be complete, and for a while: what lies beyond
 * the windows is found by the pages that are read anyway, so a sweep costs as much as memory holds, whatever the backlog.
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

  /** The store was read; by the monotonic clock. Nothing is searched before. */
  loaded(now: number): void {
    this.#sweptAt = now;
    this.#waitingSweptAt = now;
    this.#lateUntil = now + lateWriteMs;
  }

  /** Sweeps when it is time to, by the monotonic clock. */
  tick(now: number): void {
    if (this.#isSweeping || now - this.#sweptAt < sweepIntervalMs) return;
    this.#sweptAt = now;
    this.#isSweeping = true;
    inBackground(this.#sweep(now));
  }

  async #sweep(now: number): Promise<void> {
    await this.#adoptMissing(await this.#engine.read(() => this.#store.loadActive()), () => true);
    // The last of these sweeps is the first one that begins when nothing more is to be expected.
    if (this.#waitingSweptAt < this.#lateUntil) {
      this.#waitingSweptAt = now;
      await this.#sweepWaiting();
    }
    this.#isSweeping = false;
  }

  async #sweepWaiting(): Promise<void> {
    const { memory } = this.#engine;
    for (const lane of await this.#engine.read(() => this.#store.listLanes())) {
      const readPage = (after: SortKey | undefined) => this.#store.readBacklog(lane, after, runsPerSweepPage);
      await this.#sweepWindow(readPage, placeInLane, () => memory.laneBound(lane));
    }
    const until = memory.dueBound?.time ?? Number.POSITIVE_INFINITY;
    const readPage = (after: SortKey | undefined) => this.#store.readDue(after, until, runsPerSweepPage);
    await this.#sweepWindow(readPage, placeByDueTime, () => memory.dueBound);
    const taskIds = await this.#engine.read(() => this.#store.listPendingTasks());
    this.#engine.step({ type: "pendingFound", taskIds });
  }

  /** Reads from the head to where memory ends, and not after it while it moves on. */
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

  /** Another look at each, because it may have been ended and forgotten since the read began. */
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

/** Whether an ordered set that ends at `bound` goes on after `after`. */
function hasBefore(bound: SortKey | undefined, after: SortKey | undefined): boolean {
  return bound === undefined || compareSortKeys(after ?? beforeAll, bound) < 0;
}
