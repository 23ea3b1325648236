import { findRuntime } from "./runtime.ts";

/**
 * Keeps the attempt from ending before a promise has settled, for at most 60 s after the last hook. A rejection changes
 * nothing. Outside an attempt it has no effect.
 * @example
 * waitUntil(metrics.flush());
 */
export function waitUntil(promise: PromiseLike<unknown>): void {
  findRuntime()?.currentAttempt()?.waitUntil?.(promise);
}
