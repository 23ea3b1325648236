import type { Run } from "../life/run.ts";
import { BoundedWindow, beforeAll } from "./bounded-window.ts";
import type { Entry } from "./entry.ts";
import { type LaneKey, laneKeyOf, parseLaneKey, type SortKey, sortKeyOf } from "./lane.ts";
import type { Lane } from "./lane-heap.ts";

/** How many queued runs memory keeps over all lanes, while there are fewer than half as many lanes. */
const backlogWindowRuns = 20_000;
/**
 * Runs of each lane that memory has room for, however many lanes there are. With less than two, every new run would
 * make the table search all lanes for runs to leave to the store, and find none.
 */
const leastRoomOfALane = 2;
/** The most runs in one page of a backlog. */
export const backlogPageRuns = 1_000;

/** A page to read once all earlier changes are durable. */
export interface LaneLoad {
  readonly lane: LaneKey;
  readonly after: SortKey | undefined;
  readonly limit: number;
}

/** Every lane that has queued runs, with the bounded part of them that is in memory. */
export class LaneTable {
  readonly #lanes = new Map<LaneKey, Lane>();
  readonly #onEmpty: (lane: Lane) => void;
  readonly #onDropped: (entry: Entry) => void;
  readonly #budget: number;
  #total = 0;

  /** @param onDropped called for each run that is left to the store */
  constructor(onEmpty: (lane: Lane) => void, onDropped: (entry: Entry) => void, budget: number = backlogWindowRuns) {
    this.#onEmpty = onEmpty;
    this.#onDropped = onDropped;
    this.#budget = budget;
  }

  /** The number of queued runs in memory. */
  get total(): number {
    return this.#total;
  }

  lanes(): Iterable<Lane> {
    return this.#lanes.values();
  }

  find(key: LaneKey): Lane | undefined {
    return this.#lanes.get(key);
  }

  /** Adds a lane that has runs only in the store. */
  addStored(key: LaneKey): Lane {
    return this.#lanes.get(key) ?? this.#create(key, beforeAll);
  }

  /** Adds a queued run to its lane. The lane's order may have changed, and the run may have been left to the store. */
  add(entry: Entry): Lane {
    const key = laneKeyOf(entry.run);
    const lane = this.#lanes.get(key) ?? this.#create(key, undefined);
    const before = lane.window.size;
    lane.window.add(entry, sortKeyOf(entry.run));
    this.#total += lane.window.size - before;
    this.#shrinkIfFull();
    return lane;
  }

  /** Removes a run from its lane. */
  remove(entry: Entry): Lane | undefined {
    const lane = this.#lanes.get(laneKeyOf(entry.run));
    if (lane === undefined) return undefined;
    const before = lane.window.size;
    lane.window.remove(entry);
    this.#total += lane.window.size - before;
    return lane;
  }

  /** Drops a lane that has no runs left. */
  dropIfEmpty(lane: Lane): void {
    if (!lane.window.isEmpty || !this.#lanes.delete(lane.key)) return;
    this.#onEmpty(lane);
  }

  /** Returns the page that the lane needs now. The caller must have it read. */
  takeLoad(lane: Lane): LaneLoad | undefined {
    const { window } = lane;
    const share = this.#share();
    if (window.bound === undefined || window.isLoading || window.size > Math.min(share, backlogPageRuns) / 2) {
      return undefined;
    }
    window.startLoading();
    const after = window.bound === beforeAll ? undefined : window.bound;
    return { lane: lane.key, after, limit: Math.min(share, backlogPageRuns) };
  }

  /** Merges a page. `entryFor` returns the entry of a run that belongs in the window, or nothing. */
  merge(lane: Lane, runs: readonly Run[], end: SortKey | undefined, entryFor: (run: Run) => Entry | undefined): void {
    const before = lane.window.size;
    const page: { entry: Entry; key: SortKey }[] = [];
    for (const run of runs) {
      const entry = entryFor(run);
      if (entry !== undefined) page.push({ entry, key: sortKeyOf(run) });
    }
    for (const entry of lane.window.merge(page, end)) this.#onDropped(entry);
    this.#total += lane.window.size - before;
    this.#shrinkIfFull();
  }

  #create(key: LaneKey, bound: SortKey | undefined): Lane {
    const parts = parseLaneKey(key);
    const window = new BoundedWindow("laneKey", bound);
    const lane: Lane = { key, parts, window, placement: undefined, heapIndex: -1 };
    this.#lanes.set(key, lane);
    return lane;
  }

  #share(): number {
    return Math.max(1, Math.floor(this.#room() / Math.max(1, this.#lanes.size)));
  }

  #room(): number {
    return Math.max(this.#budget, this.#lanes.size * leastRoomOfALane);
  }

  /**
   * Leaves the tails of long lanes to the store, at least a quarter of the room in all. The search goes through all
   * lanes, so it must not be needed again before as many new runs have arrived.
   */
  #shrinkIfFull(): void {
    if (this.#total <= this.#room()) return;
    const keep = Math.max(1, Math.floor(this.#share() * 0.75));
    for (const lane of this.#lanes.values()) {
      const dropped = lane.window.truncate(keep);
      this.#total -= dropped.length;
      for (const entry of dropped) this.#onDropped(entry);
    }
  }
}
