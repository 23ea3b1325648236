import type { LifeClock } from "./life-clock.ts";

/** Keeps an attempt's triggers, cancellations and replays that have no answer yet. */
export class OpenCalls {
  readonly #open = new Map<number, string>();
  #lastId = 0;
  /** Resolves when the last call has its answer; made when somebody waits. */
  #answered: { readonly promise: Promise<void>; readonly resolve: () => void } | undefined;

  /** Whether a call has no answer yet. */
  get isAnyOpen(): boolean {
    return this.#open.size > 0;
  }

  /** Notes the start of a call. Call the returned function when the answer is there. */
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
   * Resolves when every call has its answer, or after `limitMs`. Waits also for calls that code makes after an answer. Returns
   * the names of the calls without an answer, and forgets these.
   */
  async settle(clock: LifeClock, limitMs: number): Promise<readonly string[]> {
    let stopTimer: () => void = () => undefined;
    const limit = new Promise<void>((resolve) => {
      stopTimer = clock.startTimer(limitMs, resolve);
    });
    const all = async () => {
      while (this.#open.size > 0) {
        await this.#whenAnswered();
        // Let the code that awaited the answer go on first: it may make another call.
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
