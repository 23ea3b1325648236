import type { Entry } from "./entry.ts";
import { compareSortKeys, type SortKey } from "./lane.ts";
import { SortedWindow } from "./sorted-window.ts";

/** A place before every run. */
export const beforeAll: SortKey = { time: Number.NEGATIVE_INFINITY, id: "" as SortKey["id"] };

/**
 * Returns whether a place lies where memory is complete.
 *
 * @param bound - the place up to which memory is complete; undefined: the whole set is in memory
 */
export function isWithin(place: SortKey, bound: SortKey | undefined): boolean {
  return bound === undefined || compareSortKeys(place, bound) <= 0;
}

/**
 * The head of an ordered set of runs; the rest of the set is only in the store. Every run at or below `bound` is in
 * memory. While a page is being read, runs that arrive beyond the bound stay in memory until the page is merged: the
 * page may have been read before they were stored, and no run may fall between two pages.
 */
export class BoundedWindow {
  readonly #window: SortedWindow<Entry>;
  readonly #setKey: (entry: Entry, key: SortKey | undefined) => void;
  readonly #keyOf: (entry: Entry) => SortKey | undefined;
  #arrived: Entry[] = [];
  #bound: SortKey | undefined;
  #isLoading = false;
  /** Whether the page that is being read begins beyond the place where memory now ends. */
  #isPageStale = false;

  /** @param bound the place up to which memory is complete; undefined: the whole set is in memory. */
  constructor(field: "laneKey" | "dueKey", bound: SortKey | undefined) {
    this.#keyOf = (entry) => entry[field];
    this.#setKey = (entry, key) => {
      entry[field] = key;
    };
    this.#window = new SortedWindow((entry) => entry[field] ?? beforeAll);
    this.#bound = bound;
  }

  get size(): number {
    return this.#window.size;
  }

  get bound(): SortKey | undefined {
    return this.#bound;
  }

  get isLoading(): boolean {
    return this.#isLoading;
  }

  /** Whether the set has no runs, neither in memory nor in the store. */
  get isEmpty(): boolean {
    return this.#window.size === 0 && this.#bound === undefined && !this.#isLoading;
  }

  first(): Entry | undefined {
    return this.#window.first();
  }

  /** Takes a run into memory, or leaves it to the store. Returns whether it is in memory. */
  add(entry: Entry, key: SortKey): boolean {
    if (!isWithin(key, this.#bound)) {
      if (!this.#isLoading) return false;
      this.#setKey(entry, key);
      this.#arrived.push(entry);
      return true;
    }
    this.#setKey(entry, key);
    this.#window.insert(entry);
    return true;
  }

  remove(entry: Entry): void {
    if (!this.#window.remove(entry)) {
      const index = this.#arrived.indexOf(entry);
      if (index !== -1) this.#arrived.splice(index, 1);
    }
    this.#setKey(entry, undefined);
  }

  /** Keeps the first `count` runs. Leaves the others to the store and returns them. */
  truncate(count: number): Entry[] {
    const dropped = this.#window.truncate(count);
    if (dropped.length === 0) return dropped;
    const last = this.#window.last();
    this.#bound = (last === undefined ? undefined : this.#keyOf(last)) ?? beforeAll;
    this.#isPageStale = this.#isLoading;
    for (const entry of dropped) this.#setKey(entry, undefined);
    return dropped;
  }

  /** Notes that a page after the bound is being read. */
  startLoading(): void {
    this.#isLoading = true;
  }

  /**
   * Merges a page. Runs that arrived during the read and lie beyond the new bound are left to the store. If the window
   * was truncated during the read, the page is left to the store too, because there would be a gap before it.
   * @param bound the page's end; undefined: it was the last page.
   * @returns the runs that left memory
   */
  merge(page: readonly { readonly entry: Entry; readonly key: SortKey }[], bound: SortKey | undefined): Entry[] {
    this.#isLoading = false;
    if (!this.#isPageStale) this.#bound = bound;
    this.#isPageStale = false;
    const arrived = this.#arrived;
    this.#arrived = [];
    const left: Entry[] = [];
    for (const { entry, key } of page) if (!this.add(entry, key)) left.push(entry);
    for (const entry of arrived) {
      const key = this.#keyOf(entry);
      if (key === undefined) continue;
      this.#setKey(entry, undefined);
      if (!this.add(entry, key)) left.push(entry);
    }
    return left;
  }
}
