import { OverloadedError } from "../../errors.ts";

/** The most bytes of unsent answers of all clients. At the limit, nothing more is read for any client. */
export const maxUnsentBytes = 96 * 1024 * 1024;
/** The same limit for one connection. */
export const maxUnsentBytesPerConnection = 4 * 1024 * 1024;
/** The most concurrent reads, whose sizes are not known beforehand: for all clients, and for one connection. */
export const maxReads = { all: 16, perConnection: 4 } as const;
/** The most calls of all clients that wait for their turn; further ones are refused. */
export const maxWaitingAnswers = 10_000;
/** How long a refused caller is asked to wait, in milliseconds. */
export const answerRetryMs = 1_000;

/** The part of the budget that one connection uses. */
export interface AnswerShare {
  unsentBytes: number;
  /** The number of reads, by the queue that counts them. */
  readonly reads: Map<AnswerQueue, number>;
}

/** A place in a queue, which becomes permission to read. */
export interface AnswerTurn {
  /** Gives the place or the permission back. May be called twice. */
  end(): void;
}

/** Counts the bytes of unsent answers, and has the queues of calls that wait until enough is sent. */
export class AnswerBudget {
  #unsentBytes = 0;
  readonly #queues: AnswerQueue[] = [];

  /** Creates a queue whose reads do not wait for those of other queues. */
  makeQueue(): AnswerQueue {
    const queue = new AnswerQueue(this);
    this.#queues.push(queue);
    return queue;
  }

  get isFull(): boolean {
    return this.#unsentBytes >= maxUnsentBytes;
  }

  /** Whether any call is waiting. */
  get hasWaiting(): boolean {
    return this.#queues.some((queue) => queue.hasWaiting);
  }

  add(share: AnswerShare, bytes: number): void {
    share.unsentBytes += bytes;
    this.#unsentBytes += bytes;
  }

  remove(share: AnswerShare, bytes: number): void {
    share.unsentBytes -= bytes;
    this.#unsentBytes -= bytes;
    for (const queue of this.#queues) queue.admit();
  }
}

/** Admits reads of one connection after another, so that a connection with thousands of reads delays only itself. */
export class AnswerQueue {
  readonly #budget: AnswerBudget;
  readonly #waiting = new Map<AnswerShare, Set<() => void>>();
  #waitingCount = 0;
  #reads = 0;

  constructor(budget: AnswerBudget) {
    this.#budget = budget;
  }

  get hasWaiting(): boolean {
    return this.#waiting.size > 0;
  }

  /**
   * Calls `proceed` when this connection may read: at once, or later.
   * @throws OverloadedError when too many calls are waiting
   */
  enter(share: AnswerShare, proceed: () => void): AnswerTurn {
    if (this.#waitingCount >= maxWaitingAnswers) {
      const reason = `The coordinator has ${maxWaitingAnswers} calls that wait to be answered.`;
      throw new OverloadedError(answerRetryMs, reason);
    }
    return this.enterAnyway(share, proceed);
  }

  /** Like {@link enter}, for a long-lived call, which has only one read at a time. */
  enterAnyway(share: AnswerShare, proceed: () => void): AnswerTurn {
    let state: "waiting" | "reading" | "over" = "waiting";
    const begin = () => {
      state = "reading";
      this.#reads += 1;
      share.reads.set(this, (share.reads.get(this) ?? 0) + 1);
      proceed();
    };
    const end = () => {
      if (state === "waiting") this.#leave(share, begin);
      if (state === "reading") {
        this.#reads -= 1;
        share.reads.set(this, (share.reads.get(this) ?? 0) - 1);
      }
      const wasReading = state === "reading";
      state = "over";
      if (wasReading) this.admit();
    };
    const waiting = this.#waiting.get(share);
    if (waiting === undefined && this.#mayRead(share)) {
      begin();
      return { end };
    }
    this.#waitingCount += 1;
    if (waiting === undefined) this.#waiting.set(share, new Set([begin]));
    else waiting.add(begin);
    return { end };
  }

  /** Admits every read that has room, each connection in its turn. */
  admit(): void {
    for (let passedOver = 0; passedOver < this.#waiting.size; ) {
      if (this.#reads >= maxReads.all || this.#budget.isFull) return;
      const [next] = this.#waiting;
      if (next === undefined) return;
      const [share, waiting] = next;
      // The connection moves to the end of the order, admitted or not.
      this.#waiting.delete(share);
      const [begin] = waiting;
      if (begin === undefined) continue;
      if (this.#mayRead(share)) {
        waiting.delete(begin);
        this.#waitingCount -= 1;
        if (waiting.size > 0) this.#waiting.set(share, waiting);
        passedOver = 0;
        begin();
      } else {
        this.#waiting.set(share, waiting);
        passedOver += 1;
      }
    }
  }

  #mayRead(share: AnswerShare): boolean {
    return (
      this.#reads < maxReads.all &&
      (share.reads.get(this) ?? 0) < maxReads.perConnection &&
      share.unsentBytes < maxUnsentBytesPerConnection &&
      !this.#budget.isFull
    );
  }

  #leave(share: AnswerShare, begin: () => void): void {
    const waiting = this.#waiting.get(share);
    if (waiting?.delete(begin)) this.#waitingCount -= 1;
    if (waiting?.size === 0) this.#waiting.delete(share);
  }
}
