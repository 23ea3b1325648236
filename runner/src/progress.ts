/** Lets somebody wait for a condition that other parts bring about. */
export class Progress {
  #checks: (() => void)[] = [];

  /** Something changed that conditions may depend on. */
  tell(): void {
    if (this.#checks.length === 0) return;
    for (const check of this.#checks.splice(0)) check();
  }

  /** Resolves when the condition holds, or after `limitMs`. */
  until(condition: () => boolean, limitMs: number): Promise<void> {
    if (condition() || limitMs <= 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(finish, limitMs);
      const check = () => {
        if (condition()) finish();
        else this.#checks.push(check);
      };
      function finish(): void {
        clearTimeout(timer);
        resolve();
      }
      this.#checks.push(check);
    });
  }
}
