import { backlogPageRuns } from "../core/scheduling/lane-table.ts";
import type { BacklogRead } from "../store/store.ts";

/** Concurrent reads. A start reads all lanes, and other reads must not wait behind them. */
export const laneReadsAtOnce = 2;
/** The most lanes in one read. */
export const lanesPerRead = 32;
/** The most runs that one read asks for, unless one lane alone asks for more. */
const runsPerRead = backlogPageRuns;

/**
 * Reads pages of lanes in the order in which they are needed. Pages that are needed while others are read are read
 * together: with a few runs in each lane, the request costs more than its runs.
 */
export class LaneReads {
  readonly #read: (reads: readonly BacklogRead[], onRead: () => void) => void;
  #waiting: BacklogRead[] = [];
  #next = 0;
  #running = 0;

  /** @param read - reads pages, and calls back once the store has answered */
  constructor(read: (reads: readonly BacklogRead[], onRead: () => void) => void) {
    this.#read = read;
  }

  /** Reads a page when its turn comes. */
  add(read: BacklogRead): void {
    this.#waiting.push(read);
    this.#startNext();
  }

  #startNext(): void {
    while (this.#running < laneReadsAtOnce) {
      const reads = this.#take();
      if (reads.length === 0) return;
      this.#running += 1;
      this.#read(reads, () => {
        this.#running -= 1;
        this.#startNext();
      });
    }
  }

  #take(): readonly BacklogRead[] {
    const first = this.#next;
    let runs = 0;
    while (this.#next - first < lanesPerRead) {
      const read = this.#waiting[this.#next];
      if (read === undefined || (runs > 0 && runs + read.limit > runsPerRead)) break;
      runs += read.limit;
      this.#next += 1;
    }
    const taken = this.#waiting.slice(first, this.#next);
    if (this.#next === this.#waiting.length) {
      this.#waiting = [];
      this.#next = 0;
    }
    return taken;
  }
}
