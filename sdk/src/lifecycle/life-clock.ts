/** The clock of an attempt's life. */
export interface LifeClock {
  /** Returns milliseconds since the epoch. */
  now(): number;
  /** Calls `onTime` after `delayMs` milliseconds. The returned function stops the timer. */
  startTimer(delayMs: number, onTime: () => void): () => void;
}

/** The clock of this computer. Its timers do not keep the process alive. */
export const systemClock: LifeClock = {
  now: () => Date.now(),
  startTimer: (delayMs, onTime) => {
    const timer = setTimeout(onTime, delayMs).unref();
    return () => clearTimeout(timer);
  },
};
