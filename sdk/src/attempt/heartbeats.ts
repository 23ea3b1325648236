import { setImmediate } from "node:timers/promises";
import { findRuntime } from "./runtime.ts";

/** The interval of a runner's own heartbeats. */
const heartbeatIntervalMs = 2_000;

let turnAt = Number.NEGATIVE_INFINITY;

/** Helps long computations to let the event loop turn. */
export const heartbeats = {
  /**
   * Lets the event loop turn when this function last did so more than 2 s ago; otherwise it costs next to nothing. A runner's
   * own heartbeats do not depend on it. Outside an attempt it has no effect.
   */
  async yield(): Promise<void> {
    if (performance.now() - turnAt < heartbeatIntervalMs || !findRuntime()?.currentAttempt()) return;
    await setImmediate();
    turnAt = performance.now();
  },
};
