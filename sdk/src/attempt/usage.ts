import type { Context } from "./context.ts";
import { findRuntime } from "./runtime.ts";

/** Active time in milliseconds and its cost, which is 0: machines have no price. */
export interface ComputeUsage {
  readonly costInCents: number;
  readonly durationMs: number;
}

/** Active time and cost of a run so far. */
export interface RunUsage {
  readonly compute: {
    /** The current attempt. */
    readonly attempt: ComputeUsage;
    /** All attempts of the run, the current one included. */
    readonly total: ComputeUsage;
  };
  readonly baseCostInCents: number;
  readonly totalCostInCents: number;
}

/** Active time and cost of the current run. Outside an attempt `getCurrent` returns zeros, and `measure` uses the wall clock. */
export const usage = {
  /** Returns active time and cost until now. */
  getCurrent(): RunUsage {
    const { ctx, attemptMs, earlierMs } = readAttempt();
    const attempt = { costInCents: costOf(attemptMs, ctx), durationMs: attemptMs };
    const total = {
      costInCents: (ctx?.run.costInCents ?? 0) + attempt.costInCents,
      durationMs: earlierMs + attemptMs,
    };
    const baseCostInCents = ctx?.run.baseCostInCents ?? 0;
    return {
      compute: { attempt, total },
      baseCostInCents,
      totalCostInCents: total.costInCents + baseCostInCents,
    };
  },

  /** Calls a function and measures its active time. */
  async measure<T>(fn: () => T | Promise<T>): Promise<{ readonly result: T; readonly compute: ComputeUsage }> {
    const clock = readAttempt().hasClock ? () => readAttempt().attemptMs : () => performance.now();
    const startedAt = clock();
    const result = await fn();
    const durationMs = clock() - startedAt;
    return { result, compute: { costInCents: costOf(durationMs, readAttempt().ctx), durationMs } };
  },
};

function readAttempt(): {
  readonly ctx: Context | undefined;
  readonly attemptMs: number;
  readonly earlierMs: number;
  readonly hasClock: boolean;
} {
  const attempt = findRuntime()?.currentAttempt();
  const time = attempt?.activeTime?.();
  return {
    ctx: attempt?.ctx as Context | undefined,
    attemptMs: time?.attemptMs ?? 0,
    earlierMs: time?.earlierMs ?? 0,
    hasClock: time !== undefined,
  };
}

function costOf(durationMs: number, ctx: Context | undefined): number {
  return durationMs * (ctx?.machine.centsPerMs ?? 0);
}
