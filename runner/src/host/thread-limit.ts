import { availableParallelism } from "node:os";

/** Attempts whose average is below this many milliseconds wait for hardly anything but a processor. */
const shortMs = 1;
const weightOfOne = 0.05;

/**
 * Limits the threads that execute at once. More threads than processors help attempts that wait. Attempts that end
 * within a millisecond would only get a colder thread, which compiles the code again. So while attempts are that short,
 * few threads execute them, and attempts that take longer raise the limit.
 */
export class ThreadLimit {
  readonly #mostThreads: number;
  readonly #shortThreads: number;
  #averageMs: number | undefined;

  /** @param mostThreads - the limit from the runner's concurrency */
  constructor(mostThreads: number, processors = availableParallelism()) {
    this.#mostThreads = mostThreads;
    this.#shortThreads = processors + 1;
  }

  /** Milliseconds until {@link current} should be called again, after it kept an attempt waiting. */
  get patienceMs(): number {
    return shortMs;
  }

  /** Adds an attempt's active time to the average. */
  observe(activeMs: number): void {
    const average = this.#averageMs;
    this.#averageMs = average === undefined ? activeMs : average + (activeMs - average) * weightOfOne;
  }

  /**
   * Returns how many threads may execute now.
   * @param beganAt - starts of the running attempts, by `performance.now()`
   */
  current(beganAt: Iterable<number>, now: number): number {
    const average = this.#averageMs;
    if (average === undefined || average >= shortMs) return this.#mostThreads;
    let longer = 0;
    for (const began of beganAt) if (now - began >= shortMs) longer += 1;
    return Math.min(this.#mostThreads, this.#shortThreads + longer);
  }
}
