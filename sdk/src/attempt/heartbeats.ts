import { setImmediate } from "node:timers/promises";
import { findRuntime } from "./runtime.ts";

/** As often a runner says that it is alive. */
const heartbeatIntervalMs = 2_000;

let turnAt = Number.NEGATIVE_INFINITY;

/** For long computations, so that what waits for the event loop is not held up by them. */
export const heartbeats = {
  /**
   * Gives the event loop a turn when the last one given here is older than 2 s; costs next to nothing otherwise. A runner's
   * own heartbeats never depend on it. Outside an attempt it has no effect.
   */
  async yield(): Promise<void> {
    if (performance.now() - turnAt < heartbeatIntervalMs || !findRuntime()?.currentAttempt()) return;
    await setImmediate();
    turnAt = performance.now();
  },
};
