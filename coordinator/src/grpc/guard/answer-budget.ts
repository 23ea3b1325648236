import { OverloadedError } from "../../errors.ts";

/** Bytes of answers that were made and have not left, for all clients; at the limit nothing more is read for any. */
export const maxUnsentBytes = 96 * 1024 * 1024;
/** The same for one connection. */
export const maxUnsentBytesPerConnection = 4 * 1024 * 1024;
/** Reads for callers at once, whose size nobody knows before: for all clients, and for one connection. */
export const maxReads = { all: 16, perConnection: 4 } as const;
/** Calls that may wait for their turn to be answered, for all clients; more are refused. */
export const maxWaitingAnswers = 10_000;
/** What a refused caller is told to wait, in milliseconds. */
export const answerRetryMs = 1_000;

/** What one connection has of the budget. */
export interface AnswerShare {
  unsentBytes: number;
  /** By the queue that counts them. */
  readonly reads: Map<AnswerQueue, number>;
}

/** A place in a queue, or the right to read that comes of it. */
export interface AnswerTurn {
  /** Gives it back; may come twice. */
  end(): void;
}

/** Bytes of answers that have not left, and the queues of calls that wait until enough of them have. */
export class AnswerBudget {
  #unsentBytes = 0;
  readonly #queues: AnswerQueue[] = [];

  /** Makes a queue of reads that do not wait for those of other queues. */
  makeQueue(): AnswerQueue {
    const queue = new AnswerQueue(this);
    this.#queues.push(queue);
    return queue;
  }

  get isFull(): boolean {
    return this.#unsentBytes >= maxUnsentBytes;
  }

  /** Does anybody wait? */
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

/** Admits reads one connection after the other, so that one with thousands of them keeps nobody waiting but itself. */
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
   * @throws OverloadedError when too many calls wait already
   */
  enter(share: AnswerShare, proceed: () => void): AnswerTurn {
    if (this.#waitingCount >= maxWaitingAnswers) {
      const reason = `The coordinator has ${maxWaitingAnswers} calls that wait to be answered.`;
      throw new OverloadedError(answerRetryMs, reason);
    }
    return this.enterAnyway(share, proceed);
  }

  /** Like {@link enter}, for a long-lived call, which has one read at a time. */
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

  /** Lets begin whoever may, each connection in its turn. */
  admit(): void {
    for (let passedOver = 0; passedOver < this.#waiting.size; ) {
      if (this.#reads >= maxReads.all || this.#budget.isFull) return;
      const [next] = this.#waiting;
      if (next === undefined) return;
      const [share, waiting] = next;
      // At the end of the order, whether it may or not.
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
