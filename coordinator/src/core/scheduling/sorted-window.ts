import { compareSortKeys, type SortKey } from "./lane.ts";

/**
 * Items in the order of their sort keys. Made for queues: adding at the end and taking from the front are cheap, the rest
 * is a binary search and a move of pointers. An item's key must not change while it is in here.
 */
export class SortedWindow<T> {
  readonly #keyOf: (item: T) => SortKey;
  #items: T[] = [];
  /** Taken items before this index wait to be cut off together. */
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

  /** Takes an item out; false when it is not in here. */
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

  /** The index of the first item whose key is not before `key`. */
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
