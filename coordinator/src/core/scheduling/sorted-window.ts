import { compareSortKeys, type SortKey } from "./lane.ts";

/**
 * Items in the order of their sort keys. Made for queues: adding at the end and taking the first are cheap; other
 * changes take a binary search and a shift of the array. An item's key must not change while the item is in the window.
 */
export class SortedWindow<T> {
  readonly #keyOf: (item: T) => SortKey;
  #items: T[] = [];
  /** Items before this index are already taken, and are cut off together later. */
  #head = 0;

  constructor(keyOf: (item: T) => SortKey) {
    this.#keyOf = keyOf;
  }

  get size(): number {
    return this.#items.length - this.#head;
  }

  first(): T | undefined {
    return this.#items[this.#head];
  }

  last(): T | undefined {
    return this.size === 0 ? undefined : this.#items[this.#items.length - 1];
  }

  insert(item: T): void {
    const last = this.last();
    if (last === undefined || compareSortKeys(this.#keyOf(last), this.#keyOf(item)) <= 0) this.#items.push(item);
    else this.#items.splice(this.#indexOf(this.#keyOf(item)), 0, item);
  }

  /** Removes an item. Returns false when the window does not have it. */
  remove(item: T): boolean {
    const index = this.#indexOf(this.#keyOf(item));
    if (this.#items[index] !== item) return false;
    if (index === this.#head) this.#dropFirst();
    else this.#items.splice(index, 1);
    return true;
  }

  /** Keeps the first `count` items and returns the others. */
  truncate(count: number): T[] {
    return this.size <= count ? [] : this.#items.splice(this.#head + count);
  }

  #dropFirst(): void {
    this.#head += 1;
    if (this.#head > 512 && this.#head * 2 > this.#items.length) {
      this.#items.splice(0, this.#head);
      this.#head = 0;
    }
  }

  /** Returns the index of the first item whose key is not before `key`. */
  #indexOf(key: SortKey): number {
    let low = this.#head;
    let high = this.#items.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const item = this.#items[middle] as T;
      if (compareSortKeys(this.#keyOf(item), key) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
