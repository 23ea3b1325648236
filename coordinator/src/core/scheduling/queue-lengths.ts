import type { Run } from "../life/run.ts";

/** How many queued runs a queue has, by its name. */
export type QueueLength = readonly [queue: string, length: number];

/**
 * How many queued runs each queue has, in memory and in the store. Unlike slots these are counters: what they limit is
 * only how much may pile up, and the backlog is not in memory to be counted. A run that an earlier owner wrote after they
 * were counted is counted when a sweep finds it, and not when a page of the backlog does; the length is then one too small,
 * until the queue is empty. One that was counted, and that the earlier owner then took out of its queue, is counted until
 * the next start.
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

  /** A run changed; absent on one side: it was made, or it was forgotten. */
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
