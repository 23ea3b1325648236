/** Starts work in the order of arrival, and limits how much runs at once. */
export class BoundedWork {
  readonly #limit: number;
  #waiting: ((onDone: () => void) => void)[] = [];
  #next = 0;
  #running = 0;

  /** @param limit how much work runs at once, at most */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Starts `work` when its turn comes. `work` calls back once, when it is done. */
  add(work: (onDone: () => void) => void): void {
    this.#waiting.push(work);
    this.#startNext();
  }

  #startNext(): void {
    while (this.#running < this.#limit) {
      const work = this.#waiting[this.#next];
      if (work === undefined) {
        this.#waiting = [];
        this.#next = 0;
        return;
      }
      this.#next += 1;
      this.#running += 1;
      work(() => {
        this.#running -= 1;
        this.#startNext();
      });
    }
  }
}
