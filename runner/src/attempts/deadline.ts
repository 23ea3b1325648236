const longestTimerMs = 2 ** 31 - 1;

/** Many deadlines on one timer. Keyed by attempt id; times by `performance.now()`. */
export class Deadlines {
  readonly #onPassed: (attemptId: string, deadlineAt: number) => void;
  readonly #deadlines = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;
  #timerDueAt = Number.POSITIVE_INFINITY;

  /** @param onPassed - Told once for each deadline that passed; the deadline is forgotten before. */
  constructor(onPassed: (attemptId: string, deadlineAt: number) => void) {
    this.#onPassed = onPassed;
  }

  /** Sets or moves the deadline of an attempt. */
  set(attemptId: string, deadlineAt: number): void {
    this.#deadlines.set(attemptId, deadlineAt);
    if (deadlineAt < this.#timerDueAt) this.#arm(deadlineAt);
  }

  /** Has the attempt a deadline? */
  has(attemptId: string): boolean {
    return this.#deadlines.has(attemptId);
  }

  /** The deadline of an attempt, if it has one. */
  get(attemptId: string): number | undefined {
    return this.#deadlines.get(attemptId);
  }

  /** The attempt has no deadline any more. The timer may fire in vain. */
  clear(attemptId: string): void {
    this.#deadlines.delete(attemptId);
  }

  /** Forgets every deadline. */
  stop(): void {
    this.#deadlines.clear();
    clearTimeout(this.#timer);
    this.#timerDueAt = Number.POSITIVE_INFINITY;
  }

  #arm(dueAt: number): void {
    clearTimeout(this.#timer);
    this.#timerDueAt = dueAt;
    const delayMs = Math.min(Math.max(0, Math.ceil(dueAt - performance.now())), longestTimerMs);
    this.#timer = setTimeout(() => this.#fire(), delayMs).unref();
  }

  #fire(): void {
    const now = performance.now();
    this.#timerDueAt = Number.POSITIVE_INFINITY;
    let nextAt = Number.POSITIVE_INFINITY;
    for (const [attemptId, deadlineAt] of this.#deadlines) {
      if (deadlineAt <= now) {
        this.#deadlines.delete(attemptId);
        this.#onPassed(attemptId, deadlineAt);
      } else if (deadlineAt < nextAt) {
        nextAt = deadlineAt;
      }
    }
    if (nextAt < this.#timerDueAt) this.#arm(nextAt);
  }
}
