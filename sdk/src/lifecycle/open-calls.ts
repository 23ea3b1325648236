import type { LifeClock } from "./life-clock.ts";

/** The calls to the coordinator that an attempt's code made and that have no answer: triggers, cancels, replays. */
export class OpenCalls {
  readonly #open = new Map<number, string>();
  #lastId = 0;
  /** Resolved when the last one gets its answer; made when somebody waits. */
  #answered: { readonly promise: Promise<void>; readonly resolve: () => void } | undefined;

  /** Is any of them without an answer? */
  get isAnyOpen(): boolean {
    return this.#open.size > 0;
  }

  /** A call begins; the returned function tells that it has its answer. */
  start(what: string): () => void {
    this.#lastId += 1;
    const id = this.#lastId;
    this.#open.set(id, what);
    return () => {
      if (!this.#open.delete(id) || this.#open.size > 0) return;
      this.#answered?.resolve();
      this.#answered = undefined;
    };
  }

  /**
   * Resolves when every call has its answer, those included that code makes because of an answer, or after `limitMs`. Returns
   * the calls that have none, in words; they are open no more.
   */
  async settle(clock: LifeClock, limitMs: number): Promise<readonly string[]> {
    let stopTimer: () => void = () => undefined;
    const limit = new Promise<void>((resolve) => {
      stopTimer = clock.startTimer(limitMs, resolve);
    });
    const all = async () => {
      while (this.#open.size > 0) {
        await this.#whenAnswered();
        // Code that awaited the answer goes on first.
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    await Promise.race([all(), limit]);
    stopTimer();
    const unanswered = [...this.#open.values()];
    this.#open.clear();
    this.#answered?.resolve();
    return unanswered;
  }

  #whenAnswered(): Promise<void> {
    if (this.#answered === undefined) {
      let resolve: () => void = () => undefined;
      const promise = new Promise<void>((resolvePromise) => {
        resolve = resolvePromise;
      });
      this.#answered = { promise, resolve };
    }
    return this.#answered.promise;
  }
}
