import type { RunId } from "@baton/proto/contract/ids";
import { type BoundedWindow, beforeAll } from "./bounded-window.ts";
import { compareSortKeys, type LaneKey, type LaneParts } from "./lane.ts";
import type { Need } from "./runner-table.ts";

/** A queue, or the copy of it for one concurrency key. */
export interface QueueCopy {
  readonly key: string;
  readonly queue: string;
  /** The runs that hold a slot: a set, not a counter, so that no slot can leak. */
  readonly holders: Set<RunId>;
  readonly lanes: Set<Lane>;
  /** Where its lanes wait: one for each kind of runner that they need. Set only by the dispatcher. */
  readonly placements: Placement[];
}

/** What some runs need of their runner, and the placements whose runs need it. */
export interface PlacedNeed {
  readonly key: string;
  readonly need: Need;
  /** The placements whose copy of a queue has a free slot. */
  readonly ranked: PlacementHeap;
  /** All placements, with and without a free slot. */
  placements: number;
}

/** The lanes of one copy of a queue whose first runs the same runners can take. */
export interface Placement {
  readonly copy: QueueCopy;
  readonly placed: PlacedNeed;
  readonly lanes: LaneHeap;
  /** Index in the heap of its need; -1 while the copy has no free slot. Set only by {@link PlacementHeap}. */
  heapIndex: number;
}

/** The queued runs that are alike in everything that decides where they may run. */
export interface Lane {
  readonly key: LaneKey;
  readonly parts: LaneParts;
  readonly window: BoundedWindow;
  /** Where the lane waits; absent while no runner could take its runs. Set only by the dispatcher. */
  placement: Placement | undefined;
  /** Index among the lanes of its placement. Set only by {@link LaneHeap}. */
  heapIndex: number;
}

/** Returns whether the first run of `a` comes before that of `b`. */
export function comesFirst(a: Lane | undefined, b: Lane | undefined): boolean {
  return compareSortKeys(a?.window.first()?.laneKey ?? beforeAll, b?.window.first()?.laneKey ?? beforeAll) < 0;
}

/** A binary heap. An item is in at most one heap of its kind, and has its index there. */
class Heap<Item extends { heapIndex: number }> {
  readonly #items: Item[] = [];
  readonly #comesFirst: (a: Item, b: Item) => boolean;

  constructor(comesFirst: (a: Item, b: Item) => boolean) {
    this.#comesFirst = comesFirst;
  }

  first(): Item | undefined {
    return this.#items[0];
  }

  get size(): number {
    return this.#items.length;
  }

  add(item: Item): void {
    item.heapIndex = this.#items.length;
    this.#items.push(item);
    this.#up(item.heapIndex);
  }

  remove(item: Item): void {
    const index = item.heapIndex;
    const last = this.#items.pop();
    item.heapIndex = -1;
    if (last === undefined || last === item) return;
    this.#place(last, index);
    this.update(last);
  }

  /** Restores the order after the item's first run changed. */
  update(item: Item): void {
    this.#up(item.heapIndex);
    this.#down(item.heapIndex);
  }

  #place(item: Item, index: number): void {
    this.#items[index] = item;
    item.heapIndex = index;
  }

  #up(from: number): void {
    let index = from;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const item = this.#items[index] as Item;
      const parent = this.#items[parentIndex] as Item;
      if (!this.#comesFirst(item, parent)) return;
      this.#place(item, parentIndex);
      this.#place(parent, index);
      index = parentIndex;
    }
  }

  #down(from: number): void {
    let index = from;
    for (;;) {
      const left = index * 2 + 1;
      if (left >= this.#items.length) return;
      const right = left + 1;
      const rightIsFirst =
        right < this.#items.length && this.#comesFirst(this.#items[right] as Item, this.#items[left] as Item);
      const childIndex = rightIsFirst ? right : left;
      const item = this.#items[index] as Item;
      const child = this.#items[childIndex] as Item;
      if (!this.#comesFirst(child, item)) return;
      this.#place(child, index);
      this.#place(item, childIndex);
      index = childIndex;
    }
  }
}

/** Lanes ordered by their first run. */
export class LaneHeap extends Heap<Lane> {
  constructor() {
    super(comesFirst);
  }
}

/** Placements ordered by their first run. */
export class PlacementHeap extends Heap<Placement> {
  constructor() {
    super((a, b) => comesFirst(a.lanes.first(), b.lanes.first()));
  }
}
