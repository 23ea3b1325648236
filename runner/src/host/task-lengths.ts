/** A task is short while the average of its attempts is below this many milliseconds of active time. */
const shortMs = 1;
/** An unknown task counts as this long, so that it is short after a dozen short attempts. */
const unknownMs = 2;
/** Counts a longer attempt as this long: on a busy machine a short one may wait many milliseconds for a processor. */
const countedMs = 6;
const weightOfOne = 0.06;
/** Limits the tasks whose lengths are known; above it, all start anew. */
const tasksAtMost = 20_000;

/** Knows which tasks have short attempts. */
export class TaskLengths {
  readonly #averageMs = new Map<string, number>();

  /** Adds an attempt's active time. */
  observe(taskId: string, activeMs: number): void {
    const before = this.#averageMs.get(taskId) ?? unknownMs;
    if (this.#averageMs.size >= tasksAtMost) this.#averageMs.clear();
    this.#averageMs.set(taskId, before + (Math.min(activeMs, countedMs) - before) * weightOfOne);
  }

  /** Whether the last attempts of the task were short. */
  isShort(taskId: string): boolean {
    const average = this.#averageMs.get(taskId);
    return average !== undefined && average < shortMs;
  }
}
