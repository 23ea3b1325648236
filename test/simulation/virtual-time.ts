interface Planned {
  readonly at: number;
  readonly order: number;
  readonly owner: Process | undefined;
  run: (() => void) | undefined;
}

function comesBefore(a: Planned, b: Planned): boolean {
  return a.at === b.at ? a.order < b.order : a.at < b.at;
}

/**
 * Plans calls and executes them by time, and in the order of planning at the same time. Time is in whole milliseconds.
 */
export class VirtualTime {
  #now = 0;
  #order = 0;
  readonly #heap: Planned[] = [];

  /** Milliseconds since the start of the simulation. */
  get now(): number {
    return this.#now;
  }

  /**
   * Plans a call and returns a function that cancels it. Calls of a dead process are dropped, those of a paused one are
   * delayed.
   */
  plan(delayMs: number, owner: Process | undefined, run: () => void): () => void {
    const planned = this.#push(this.#now + Math.max(0, Math.ceil(delayMs)), owner, run);
    return () => {
      planned.run = undefined;
    };
  }

  /** Removes the next call and advances the time to it. Returns undefined when nothing is planned. */
  takeNext(): (() => void) | undefined {
    for (;;) {
      const next = this.#pop();
      if (next === undefined) return undefined;
      const { owner, run } = next;
      if (run === undefined || owner?.isDead) continue;
      if (owner !== undefined && owner.pausedUntil > next.at) {
        const later = this.#push(owner.pausedUntil, owner, run);
        // A cancellation changes the old record, so the new one runs what the old one still has.
        later.run = () => next.run?.();
        continue;
      }
      this.#now = next.at;
      return () => {
        next.run = undefined;
        run();
      };
    }
  }

  #push(at: number, owner: Process | undefined, run: () => void): Planned {
    this.#order += 1;
    const planned: Planned = { at, order: this.#order, owner, run };
    let index = this.#heap.length;
    this.#heap.push(planned);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = this.#heap[parent] as Planned;
      if (!comesBefore(planned, above)) break;
      this.#heap[index] = above;
      this.#heap[parent] = planned;
      index = parent;
    }
    return planned;
  }

  #pop(): Planned | undefined {
    const first = this.#heap[0];
    const last = this.#heap.pop();
    if (first === undefined || last === undefined || first === last) return first;
    let index = 0;
    for (;;) {
      let child = index * 2 + 1;
      if (child >= this.#heap.length) break;
      const right = this.#heap[child + 1];
      if (right !== undefined && comesBefore(right, this.#heap[child] as Planned)) child += 1;
      const below = this.#heap[child] as Planned;
      if (!comesBefore(below, last)) break;
      this.#heap[index] = below;
      index = child;
    }
    this.#heap[index] = last;
    return first;
  }
}

/** One simulated process. After its death its calls are dropped; while it is paused they are delayed. */
export class Process {
  readonly #time: VirtualTime;
  isDead = false;
  pausedUntil = 0;

  constructor(time: VirtualTime) {
    this.#time = time;
  }

  /** Calls back in this process after `delayMs`. Returns a function that cancels the call. */
  after(delayMs: number, run: () => void): () => void {
    return this.#time.plan(delayMs, this, run);
  }

  kill(): void {
    this.isDead = true;
  }

  /** Pauses this process. Calls that become due meanwhile happen afterwards. */
  pause(forMs: number): void {
    this.pausedUntil = Math.max(this.pausedUntil, this.#time.now + forMs);
  }
}
