import type { LifeClock } from "./life-clock.ts";

/** Keeps the promises of `waitUntil`, which must settle before the attempt ends. A rejection does not matter. */
export class PendingWaits {
  readonly #promises = new Set<Promise<void>>();

  /** Adds a promise. */
  add(promise: PromiseLike<unknown>): void {
    const settled = Promise.resolve(promise).then(
      () => undefined,
      () => undefined,
    );
    this.#promises.add(settled);
    void settled.then(() => this.#promises.delete(settled));
  }

  /** Resolves with true when all promises have settled, later ones included; with false after `limitMs`. */
  async settle(clock: LifeClock, limitMs: number): Promise<boolean> {
    let stopTimer: () => void = () => undefined;
    const limit = new Promise<false>((resolve) => {
      stopTimer = clock.startTimer(limitMs, () => resolve(false));
    });
    const all = async () => {
      while (this.#promises.size > 0) await Promise.all(this.#promises);
      return true;
    };
    const areSettled = await Promise.race([all(), limit]);
    stopTimer();
    return areSettled;
  }
}
