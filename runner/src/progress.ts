import type { Clock } from "@baton/proto/clock";

/** Lets callers wait until a condition holds. */
export class Progress {
  readonly #clock: Clock;
  #checks: (() => void)[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Checks all conditions again. Must be called when something that they depend on changed. */
  tell(): void {
    if (this.#checks.length === 0) return;
    for (const check of this.#checks.splice(0)) check();
  }

  /** Resolves when the condition holds, or after `limitMs`. */
  until(condition: () => boolean, limitMs: number): Promise<void> {
    if (condition() || limitMs <= 0) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = this.#clock.setTimer(limitMs, finish);
      const check = () => {
        if (condition()) finish();
        else this.#checks.push(check);
      };
      function finish(): void {
        cancel();
        resolve();
      }
      this.#checks.push(check);
    });
  }
}
