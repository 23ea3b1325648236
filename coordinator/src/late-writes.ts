import type { Instant } from "./core/instant.ts";
import type { Run, RunId, RunStatus } from "./core/run.ts";
import type { RunFilter, Store } from "./store/store.ts";

/** How often the store is searched for runs that an earlier owner wrote after we had loaded, in milliseconds. */
export const sweepIntervalMs = 30_000;
/**
 * How long after our start an insert of an earlier owner is still looked for, in milliseconds, and how far from our start
 * its run may have been made by the clock of that owner, which is another one than ours.
 */
export const lateInsertMs = 120_000;
/** Runs of one page. */
export const lateInsertsPerPage = 500;

/** What a new run is when nobody executes it yet. */
const waitingStatuses: readonly RunStatus[] = ["queued", "delayed", "pendingVersion"];

/** What is needed of the coordinator. */
export interface LateWriteAccess {
  readonly store: Pick<Store, "findRuns" | "listRuns" | "loadActive">;
  /** Reads until the store answers, then goes on, unless the coordinator stopped meanwhile. */
  read<T>(read: () => Promise<T>, proceed: (result: T) => void): void;
  /** Is the run in memory, or on its way to the store? */
  isKnown(runId: RunId): boolean;
  /** Takes runs in as they are stored. */
  adopt(runs: readonly Run[]): void;
}

/**
 * Finds what an earlier owner had sent and the store applied after we had loaded. When no caller repeats its trigger,
 * nothing else leads to such a run before the next start. One that somebody may execute is found at any time; one that
 * waits is one of as many as there are in the backlog, and is looked for among the young ones, for a while.
 */
export class LateWrites {
  readonly #access: LateWriteAccess;
  #lastSweepAt = 0;
  #listUntil = 0;
  #filter: RunFilter = {};
  #isListing = false;

  constructor(access: LateWriteAccess) {
    this.#access = access;
  }

  /** The store was read. */
  loaded({ monotonic, wall }: Instant): void {
    this.#lastSweepAt = monotonic;
    this.#listUntil = monotonic + lateInsertMs + sweepIntervalMs;
    this.#filter = {
      statuses: waitingStatuses,
      createdFrom: wall - lateInsertMs,
      createdTo: wall + lateInsertMs,
    };
  }

  /** Sweeps when it is time to, by the monotonic clock. */
  tick(now: number): void {
    if (now - this.#lastSweepAt < sweepIntervalMs) return;
    this.#lastSweepAt = now;
    const { read, store } = this.#access;
    read(
      () => store.loadActive(),
      (runs) => this.#checkActive(runs),
    );
    if (now > this.#listUntil || this.#isListing) return;
    this.#isListing = true;
    this.#listWaiting(undefined);
  }

  /** Another look at each, because it may have been ended and forgotten since the read began. */
  #checkActive(runs: readonly Run[]): void {
    const { adopt, isKnown, read, store } = this.#access;
    for (const run of runs) {
      if (isKnown(run.id)) continue;
      read(
        () => store.findRuns([run.id], false),
        ([stored]) => {
          if (!isKnown(run.id) && stored?.run.revision === run.revision) adopt([stored.run]);
        },
      );
    }
  }

  /** Adopts what memory does not have; the core leaves again to the store what lies beyond the windows of its lanes. */
  #listWaiting(before: Run | undefined): void {
    const { adopt, isKnown, read, store } = this.#access;
    read(
      () => store.listRuns(this.#filter, before === undefined ? {} : { before }, lateInsertsPerPage),
      (runs) => {
        const unknown = runs.filter(({ id }) => !isKnown(id));
        if (unknown.length > 0) adopt(unknown);
        const last = runs.at(-1);
        if (last !== undefined && runs.length === lateInsertsPerPage) this.#listWaiting(last);
        else this.#isListing = false;
      },
    );
  }
}
