import type { LifeClock } from "./life-clock.ts";

/** The promises that an attempt does not end before, given to `waitUntil`. How they settle does not matter. */
export class PendingWaits {
  readonly #promises = new Set<Promise<void>>();

  /** Takes one. */
  add(promise: PromiseLike<unknown>): void {
    const settled = Promise.resolve(promise).then(
      () => undefined,
      () => undefined,
    );
    this.#promises.add(settled);
    void settled.then(() => this.#promises.delete(settled));
  }

  /** Resolves with true when all have settled, also those that are added meanwhile; with false after `limitMs`. */
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
