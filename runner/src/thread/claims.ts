// Host and thread share one 32-bit number about the attempts of one message: the upper 24 bits count the messages, the
// lower 8 bits count the attempts that have not begun. The thread takes one off before it begins an attempt. The host
// takes off those that it gives to another thread. So exactly one of them has each attempt.

// Task code in the thread may replace them.
const { compareExchange, load, store } = Atomics;

/** Limits the attempts of one message. */
export const attemptsPerMessage = 16;

const countBits = 8;
const countMask = (1 << countBits) - 1;

/** The host's side of the claims on the attempts of one thread. */
export class HostClaims {
  readonly #shared: Int32Array;
  #messages = 0;

  /** @param shared - the shared number, one element */
  constructor(shared: Int32Array) {
    this.#shared = shared;
  }

  /** Number of attempts of the last message that have not begun. */
  get unbegun(): number {
    return load(this.#shared, 0) & countMask;
  }

  /** Offers the attempts of the next message. All earlier ones must have ended or be taken back. */
  offer(count: number): void {
    this.#messages += 1;
    store(this.#shared, 0, (this.#messages << countBits) | count);
  }

  /** Takes back the last attempts of the message that have not begun, and returns their number. */
  takeBack(atMost: number): number {
    for (;;) {
      const before = load(this.#shared, 0);
      const count = Math.min(before & countMask, atMost);
      if (compareExchange(this.#shared, 0, before, before - count) === before) return count;
    }
  }
}

/** The thread's side. */
export class ThreadClaims {
  readonly #shared: Int32Array;
  #messages = 0;

  /** @param shared - the shared number, one element */
  constructor(shared: Int32Array) {
    this.#shared = shared;
  }

  /** Notes that the next message with attempts has arrived. */
  received(): void {
    this.#messages += 1;
  }

  /** Claims the next attempt of the last message. Returns false when the host took it back. */
  claim(): boolean {
    for (;;) {
      const before = load(this.#shared, 0);
      const isOffered = (before & countMask) > 0 && (before & ~countMask) === this.#messages << countBits;
      if (!isOffered) return false;
      if (compareExchange(this.#shared, 0, before, before - 1) === before) return true;
    }
  }
}
