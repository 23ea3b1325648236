import type { Run } from "../life/run.ts";

/** A queue's name, and the number of its queued runs. */
export type QueueLength = readonly [queue: string, length: number];

/**
 * The number of queued runs of each queue, in memory and in the store. Unlike slots these are counters: they only limit
 * how many runs may pile up, and the backlog is not in memory to be counted. Late writes of an earlier owner make them
 * inexact. A run that was written after the count is counted when a sweep finds it, but not when a page of the backlog
 * brings it: the length is then one too low until the queue is empty. A counted run that the earlier owner then took
 * out of its queue stays counted until the next start.
 */
export class QueueLengths {
  readonly #lengths: Map<string, number>;

  /** @param stored the lengths at the start */
  constructor(stored: readonly QueueLength[] = []) {
    this.#lengths = new Map(stored);
  }

  of(queue: string): number {
    return this.#lengths.get(queue) ?? 0;
  }

  /** Counts a changed run. `before` is absent for a new run, `after` for a forgotten one. */
  moved(before: Run | undefined, after: Run | undefined): void {
    if (before?.status === "queued") this.#add(before.queue, -1);
    if (after?.status === "queued") this.#add(after.queue, 1);
  }

  #add(queue: string, change: number): void {
    const length = this.of(queue) + change;
    if (length > 0) this.#lengths.set(queue, length);
    else this.#lengths.delete(queue);
  }
}
