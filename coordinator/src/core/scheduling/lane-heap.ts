import { type BoundedWindow, beforeAll } from "./bounded-window.ts";
import { compareSortKeys, type LaneKey, type LaneParts } from "./lane.ts";
import type { Need } from "./runner-table.ts";

/** The lanes whose first runs the same runners can take. */
export interface Placement {
  readonly key: string;
  readonly need: Need;
  readonly heap: LaneHeap;
}

/** The queued runs that are alike in everything that decides where they may run. */
export interface Lane {
  readonly key: LaneKey;
  readonly parts: LaneParts;
  readonly window: BoundedWindow;
  /** The heap in which the lane waits; absent while the lane cannot be dispatched. Set only by the dispatcher. */
  placement: Placement | undefined;
  /** Index in that heap. Set only by {@link LaneHeap}. */
  heapIndex: number;
}

/** Returns whether the first run of `a` comes before that of `b`. */
export function comesFirst(a: Lane, b: Lane): boolean {
  return compareSortKeys(a.window.first()?.laneKey ?? beforeAll, b.window.first()?.laneKey ?? beforeAll) < 0;
}

/** Lanes ordered by their first run. A lane is in at most one heap and has its index there. */
export class LaneHeap {
  readonly #lanes: Lane[] = [];

  first(): Lane | undefined {
    return this.#lanes[0];
  }

  get size(): number {
    return this.#lanes.length;
  }

  add(lane: Lane): void {
    lane.heapIndex = this.#lanes.length;
    this.#lanes.push(lane);
    this.#up(lane.heapIndex);
  }

  remove(lane: Lane): void {
    const index = lane.heapIndex;
    const last = this.#lanes.pop();
    lane.heapIndex = -1;
    if (last === undefined || last === lane) return;
    this.#place(last, index);
    this.update(last);
  }

  /** Restores the order after the lane's first run changed. */
  update(lane: Lane): void {
    this.#up(lane.heapIndex);
    this.#down(lane.heapIndex);
  }

  #place(lane: Lane, index: number): void {
    this.#lanes[index] = lane;
    lane.heapIndex = index;
  }

  #up(from: number): void {
    let index = from;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const lane = this.#lanes[index] as Lane;
      const parent = this.#lanes[parentIndex] as Lane;
      if (!comesFirst(lane, parent)) return;
      this.#place(lane, parentIndex);
      this.#place(parent, index);
      index = parentIndex;
    }
  }

  #down(from: number): void {
    let index = from;
    for (;;) {
      const left = index * 2 + 1;
      if (left >= this.#lanes.length) return;
      const right = left + 1;
      const rightIsFirst =
        right < this.#lanes.length && comesFirst(this.#lanes[right] as Lane, this.#lanes[left] as Lane);
      const childIndex = rightIsFirst ? right : left;
      const lane = this.#lanes[index] as Lane;
      const child = this.#lanes[childIndex] as Lane;
      if (!comesFirst(child, lane)) return;
      this.#place(child, index);
      this.#place(lane, childIndex);
      index = childIndex;
    }
  }
}
