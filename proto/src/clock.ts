/** Time and randomness, injected so that a simulation controls them. */
export interface Clock {
  /** Returns whole milliseconds since the epoch. */
  wallNow(): number;
  /** Returns milliseconds of a clock that only moves forward. */
  monotonicNow(): number;
  /** Calls back once after `delayMs` (0 to 2^31-1). The returned function cancels that. */
  setTimer(delayMs: number, callback: () => void): () => void;
  /** Calls back after the current event-loop turn's IO, for batching. */
  soon(callback: () => void): void;
  /** Returns a random number in [0, 1). */
  random(): number;
}

/** The clock of this machine. */
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
