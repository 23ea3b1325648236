/** Time and chance, injected so that a simulation can own them. */
export interface Clock {
  /** Milliseconds since the epoch, whole. */
  wallNow(): number;
  /** Milliseconds that only move forward. */
  monotonicNow(): number;
  /** Calls back once after `delayMs` (0 to 2^31-1) and returns what cancels it. */
  setTimer(delayMs: number, callback: () => void): () => void;
  /** Calls back after the current event-loop turn's IO, for batching. */
  soon(callback: () => void): void;
  /** Uniform in [0, 1). */
  random(): number;
}

/** The machine's own clock. */
export const systemClock: Clock = {
  wallNow: () => Date.now(),
  monotonicNow: () => performance.now(),
  setTimer(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
  soon: (callback) => void setImmediate(callback),
  random: Math.random,
};

/** Calls back every `periodMs` until the returned function is called. */
export function repeat(clock: Clock, periodMs: number, callback: () => void): () => void {
  let cancel = clock.setTimer(periodMs, function again() {
    cancel = clock.setTimer(periodMs, again);
    callback();
  });
  return () => cancel();
}
