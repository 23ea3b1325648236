interface Planned {
  readonly at: number;
  readonly order: number;
  readonly owner: Process | undefined;
  run: (() => void) | undefined;
}

function comesBefore(a: Planned, b: Planned): boolean {
  return a.at === b.at ? a.order < b.order : a.at < b.at;
}

/** Everything that will happen, in the order of its time and then of its planning. Time is in whole milliseconds. */
export class VirtualTime {
  #now = 0;
  #order = 0;
  readonly #heap: Planned[] = [];

  /** Milliseconds since the start of the simulation. */
  get now(): number {
    return this.#now;
  }

  /** Plans a call and returns what cancels it. What belongs to a dead process is dropped, to a paused one put off. */
  plan(delayMs: number, owner: Process | undefined, run: () => void): () => void {
    const planned = this.#push(this.#now + Math.max(0, Math.ceil(delayMs)), owner, run);
    return () => {
      planned.run = undefined;
    };
  }

  /** Takes the next call out and moves the time to it; undefined when nothing is planned. */
  takeNext(): (() => void) | undefined {
    for (;;) {
      const next = this.#pop();
      if (next === undefined) return undefined;
      const { owner, run } = next;
      if (run === undefined || owner?.isDead) continue;
      if (owner !== undefined && owner.pausedUntil > next.at) {
        const later = this.#push(owner.pausedUntil, owner, run);
        // Whoever cancels the planned call holds the old record.
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

/** One simulated process: when it is dead nothing of it happens any more, while it is paused nothing happens yet. */
export class Process {
  readonly #time: VirtualTime;
  isDead = false;
  pausedUntil = 0;

  constructor(time: VirtualTime) {
    this.#time = time;
  }

  /** Calls back in this process after a while; returns what cancels it. */
  after(delayMs: number, run: () => void): () => void {
    return this.#time.plan(delayMs, this, run);
  }

  kill(): void {
    this.isDead = true;
  }

  /** Nothing happens in this process for a while; what was due meanwhile happens then. */
  pause(forMs: number): void {
    this.pausedUntil = Math.max(this.pausedUntil, this.#time.now + forMs);
  }
}
