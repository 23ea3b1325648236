import type { LifeClock } from "../lifecycle/life-clock.ts";

interface Timer {
  readonly dueAt: number;
  readonly onTime: () => void;
}

/** A clock that stands still until a test moves it. */
export interface TestClock extends LifeClock {
  /**
   * Moves the time on by `ms` milliseconds, from one due timer to the next. After each timer it lets every promise settle that
   * can.
   */
  advance(ms: number): Promise<void>;
}

/**
 * Makes a clock for {@link runTask}; retry delays, `maxDuration` and the limits of `waitUntil` and `onCancel` follow it.
 * @param startAt - Milliseconds since the epoch. @defaultValue now
 */
export function createTestClock(startAt: number = Date.now()): TestClock {
  let now = startAt;
  const timers = new Set<Timer>();
  const nextDue = (until: number): Timer | undefined => {
    let next: Timer | undefined;
    for (const timer of timers) if (timer.dueAt <= until && timer.dueAt < (next?.dueAt ?? Infinity)) next = timer;
    return next;
  };
  return {
    now: () => now,
    startTimer(delayMs, onTime) {
      const timer = { dueAt: now + Math.max(0, delayMs), onTime };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    async advance(ms) {
      const until = now + ms;
      await settle();
      for (let timer = nextDue(until); timer !== undefined; timer = nextDue(until)) {
        timers.delete(timer);
        now = timer.dueAt;
        timer.onTime();
        await settle();
      }
      now = until;
    },
  };
}

/** Lets every promise settle that can. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
