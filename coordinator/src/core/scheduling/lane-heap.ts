import type { RunId } from "@baton/proto/contract/ids";
import { type BoundedWindow, beforeAll } from "./bounded-window.ts";
import { compareSortKeys, type LaneKey, type LaneParts, type SortKey } from "./lane.ts";
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
export function comesFirst(a: Lane, b: Lane): boolean {
  return compareSortKeys(firstOfLane(a), firstOfLane(b)) < 0;
}

/**
 * A binary heap. An item is in at most one heap of its kind, and has its index there. The heap keeps the place of each
 * item's first run: to look it up in the item for every comparison took a tenth of the core's time with 10,000 lanes.
 */
class Heap<Item extends { heapIndex: number }> {
  readonly #items: Item[] = [];
  readonly #firsts: SortKey[] = [];
  readonly #firstOf: (item: Item) => SortKey;

  constructor(firstOf: (item: Item) => SortKey) {
    this.#firstOf = firstOf;
  }

  first(): Item | undefined {
    return this.#items[0];
  }

  get size(): number {
    return this.#items.length;
  }

  add(item: Item): void {
    this.#place(item, this.#firstOf(item), this.#items.length);
    this.#up(item.heapIndex);
  }

  remove(item: Item): void {
    const index = item.heapIndex;
    const last = this.#items.pop();
    this.#firsts.pop();
    item.heapIndex = -1;
    if (last === undefined || last === item) return;
    last.heapIndex = index;
    this.update(last);
  }

  /** Restores the order after the item's first run changed. */
  update(item: Item): void {
    this.#place(item, this.#firstOf(item), item.heapIndex);
    this.#up(item.heapIndex);
    this.#down(item.heapIndex);
  }

  #place(item: Item, first: SortKey, index: number): void {
    this.#items[index] = item;
    this.#firsts[index] = first;
    item.heapIndex = index;
  }

  #up(from: number): void {
    let index = from;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.#comesFirst(index, parent)) return;
      this.#swap(index, parent);
      index = parent;
    }
  }

  #down(from: number): void {
    let index = from;
    for (;;) {
      const left = index * 2 + 1;
      if (left >= this.#items.length) return;
      const right = left + 1;
      const child = right < this.#items.length && this.#comesFirst(right, left) ? right : left;
      if (!this.#comesFirst(child, index)) return;
      this.#swap(index, child);
      index = child;
    }
  }

  #comesFirst(a: number, b: number): boolean {
    return compareSortKeys(this.#firsts[a] as SortKey, this.#firsts[b] as SortKey) < 0;
  }

  #swap(a: number, b: number): void {
    const item = this.#items[a] as Item;
    const first = this.#firsts[a] as SortKey;
    this.#place(this.#items[b] as Item, this.#firsts[b] as SortKey, a);
    this.#place(item, first, b);
  }
}

/** Lanes ordered by their first run. */
export class LaneHeap extends Heap<Lane> {
  constructor() {
    super(firstOfLane);
  }
}

/** Placements ordered by their first run. */
export class PlacementHeap extends Heap<Placement> {
  constructor() {
    super(({ lanes }) => firstOfLane(lanes.first()));
  }
}

function firstOfLane(lane: Lane | undefined): SortKey {
  return lane?.window.first()?.laneKey ?? beforeAll;
}
