import { availableParallelism } from "node:os";

/** Attempts that are shorter than this on average, in milliseconds, hardly wait for anything but a processor. */
const shortMs = 1;
const weightOfOne = 0.05;

/**
 * How many threads are worth waking at once. More threads than processors help attempts that wait; attempts that end
 * within a millisecond only find a colder thread, which compiles the code for itself. So while attempts are that short,
 * few threads share them, and an attempt that turns out longer does not count for long.
 */
export class ThreadLimit {
  readonly #mostThreads: number;
  readonly #shortThreads: number;
  #averageMs: number | undefined;

  /** @param mostThreads - what the runner's concurrency allows */
  constructor(mostThreads: number, processors = availableParallelism()) {
    this.#mostThreads = mostThreads;
    this.#shortThreads = processors + 1;
  }

  /** When to ask again after {@link current} kept an attempt waiting, in milliseconds. */
  get patienceMs(): number {
    return shortMs;
  }

  /** An attempt was active for so long. */
  observe(activeMs: number): void {
    const average = this.#averageMs;
    this.#averageMs = average === undefined ? activeMs : average + (activeMs - average) * weightOfOne;
  }

  /** Threads that may execute now. @param beganAt - the starts of the attempts under way, by `performance.now()` */
  current(beganAt: Iterable<number>, now: number): number {
    const average = this.#averageMs;
    if (average === undefined || average >= shortMs) return this.#mostThreads;
    let longer = 0;
    for (const began of beganAt) if (now - began >= shortMs) longer += 1;
    return Math.min(this.#mostThreads, this.#shortThreads + longer);
  }
}
