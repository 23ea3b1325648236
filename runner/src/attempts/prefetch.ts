/**
 * How long the next assignment is on its way, roughly: the outcome and the next assignment each wait for a commit and its
 * fsync. Milliseconds.
 */
const roundTripMs = 20;
/** Assignments ahead, for each thread, at most. */
const mostPerThread = 8;
/** Attempts of this length and longer are not prefetched: waiting for the next one costs them little. */
const longAttemptMs = 50;
const weightOfOne = 0.05;

/** Follows how long attempts take and says how many assignments more than free threads the runner wants. */
export class Prefetch {
  readonly #threads: number;
  #averageMs: number | undefined;

  constructor(threads: number) {
    this.#threads = threads;
  }

  /** One attempt occupied a thread for so long. */
  observe(durationMs: number): void {
    const average = this.#averageMs;
    this.#averageMs = average === undefined ? durationMs : average + (durationMs - average) * weightOfOne;
  }

  /** From 0, for long attempts or before any was seen, to eight times the threads. */
  wanted(): number {
    const average = this.#averageMs;
    if (average === undefined || average >= longAttemptMs) return 0;
    return Math.min(mostPerThread * this.#threads, Math.ceil((this.#threads * roundTripMs) / Math.max(average, 1)));
  }
}
