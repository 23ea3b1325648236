/**
 * Rough time from an outcome to the next assignment, in milliseconds: each of the two waits for a commit and its fsync.
 */
const roundTripMs = 20;
/** Limits prefetched assignments per thread. */
const mostPerThread = 8;
/** From this average length on, nothing is prefetched: the wait for the next assignment costs little then. */
const longAttemptMs = 50;
const weightOfOne = 0.05;

/** Derives from the average length of attempts how many assignments the runner wants beyond its free threads. */
export class Prefetch {
  readonly #threads: number;
  #averageMs: number | undefined;

  constructor(threads: number) {
    this.#threads = threads;
  }

  /** Adds the time that one attempt occupied a thread. */
  observe(durationMs: number): void {
    const average = this.#averageMs;
    this.#averageMs = average === undefined ? durationMs : average + (durationMs - average) * weightOfOne;
  }

  /** Returns the wanted prefetch: from 0, for long attempts and before the first one, to eight times the threads. */
  wanted(): number {
    const average = this.#averageMs;
    if (average === undefined || average >= longAttemptMs) return 0;
    return Math.min(mostPerThread * this.#threads, Math.ceil((this.#threads * roundTripMs) / Math.max(average, 1)));
  }
}
