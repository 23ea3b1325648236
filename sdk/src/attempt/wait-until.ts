import { findRuntime } from "./runtime.ts";

/**
 * Keeps the attempt from ending before a promise has settled, for at most 60 s after its last hook. How it settles changes
 * nothing. Outside an attempt it has no effect.
 */
export function waitUntil(promise: PromiseLike<unknown>): void {
  findRuntime()?.currentAttempt()?.waitUntil?.(promise);
}
