/** The time that the life of an attempt goes by. */
export interface LifeClock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls `onTime` after so many milliseconds, unless the function that it returns was called before. */
  startTimer(delayMs: number, onTime: () => void): () => void;
}

/** The time of this computer. Its timers keep no process alive. */
export const systemClock: LifeClock = {
  now: () => Date.now(),
  startTimer: (delayMs, onTime) => {
    const timer = setTimeout(onTime, delayMs).unref();
    return () => clearTimeout(timer);
  },
};
