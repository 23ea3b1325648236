import { onlyOnce } from "./hook-call.ts";

/** Calls `run` once in an attempt, alone or inside the task's middleware (step 9). */
export class RunCall {
  readonly #run: () => unknown;
  #isCalled = false;
  /** The result of `run`, settled or not. */
  #result: unknown;
  #around: Promise<unknown> | undefined;

  constructor(run: () => unknown) {
    this.#run = run;
  }

  /** Calls `run`; does not throw. */
  start(): unknown {
    this.#isCalled = true;
    try {
      this.#result = this.#run();
    } catch (thrown) {
      this.#result = Promise.reject(thrown);
    }
    return this.#result;
  }

  /**
   * Calls the middleware, whose `next` calls `run`. Resolves with the middleware's own result, or with that of `run` when it is
   * undefined.
   *
   * @param isStopped - Whether `run` must not be called any more.
   */
  startAround(
    middleware: (next: () => Promise<unknown>) => Promise<unknown>,
    isStopped: () => boolean,
  ): Promise<unknown> {
    let value: unknown;
    let isRunning = false;
    const next = onlyOnce(async () => {
      if (isStopped()) throw new Error("The attempt was stopped before next() was called.");
      isRunning = true;
      try {
        value = await this.start();
      } finally {
        isRunning = false;
      }
      return value;
    });
    const around = async () => {
      const own = await middleware(next);
      if (own !== undefined) return own;
      // A middleware that did not await next() returns before `run` has a result.
      return isRunning ? this.#result : value;
    };
    this.#around = around();
    return this.#around;
  }

  /** Settles as `run` does; rejects when `run` was never called. Leaves no unhandled rejection. */
  promise(): Promise<unknown> {
    const result = this.#isCalled
      ? Promise.resolve(this.#result)
      : Promise.reject(new Error("The run was canceled before its run function was called."));
    result.catch(() => undefined);
    return result;
  }

  /** Resolves when `run` and the middleware around it have settled, or when they were never called. */
  async settled(): Promise<void> {
    try {
      await (this.#around ?? this.#result);
    } catch {
      // How they settled does not matter.
    }
  }
}
