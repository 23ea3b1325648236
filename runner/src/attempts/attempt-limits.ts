import type { Clock } from "@baton/proto/clock";
import { cancelGraceMs, longCancelGraceMs, longestTimerMs } from "@baton/proto/contract/limits";
import { AttemptTimes, type Stop } from "./attempt-times.ts";
import type { HeldAttempt } from "./held-attempt.ts";

/** Receives the deadlines that pass. */
export interface LimitsListener {
  /** The attempt exceeded its maximum duration; its grace begins. */
  onTimeUp(attempt: HeldAttempt): void;
  /** The attempt's thread must be terminated now. */
  onStop(attempt: HeldAttempt): void;
  /** The thread is still not gone. */
  onLinger(attempt: HeldAttempt): void;
}

/** A thread that lives this long after it should have ended is reported as lingering. Milliseconds. */
const lingerMs = 50;

/**
 * Watches the deadlines of attempts: maximum duration, load timeout, grace of a cancellation, threads that do not end.
 */
export class AttemptLimits {
  readonly #clock: Clock;
  readonly #listener: LimitsListener;
  readonly #maxDurationGraceMs: number;
  /** Attempts that have a deadline. */
  readonly #timed = new Set<HeldAttempt>();
  #cancelTimer: () => void = () => undefined;
  #timerDueAt = Number.POSITIVE_INFINITY;

  constructor(clock: Clock, maxDurationGraceMs: number, listener: LimitsListener) {
    this.#clock = clock;
    this.#maxDurationGraceMs = maxDurationGraceMs;
    this.#listener = listener;
  }

  /**
   * Starts the maximum duration, because a thread got the attempt. The deadline holds whatever the thread reports; only
   * the import of the task's file extends it.
   */
  taken(attempt: HeldAttempt): void {
    const { maxDurationMs } = attempt.assignment;
    if (maxDurationMs === undefined) return;
    timesOf(attempt).durationAt = this.#clock.monotonicNow() + maxDurationMs;
    this.#watch(attempt);
  }

  /** Starts the load timeout, because the thread imports the task's file. */
  loading(attempt: HeldAttempt, limitMs: number): void {
    const times = timesOf(attempt);
    if (times.activeSince !== undefined || times.loadAt !== undefined) return;
    times.loadAt = this.#clock.monotonicNow() + limitMs;
    if (times.durationAt !== undefined) times.durationAt += limitMs;
    this.#watch(attempt);
  }

  /** Starts active time. Further calls change nothing, so an attempt cannot extend its time. */
  active(attempt: HeldAttempt): void {
    const times = timesOf(attempt);
    if (times.activeSince !== undefined) return;
    const now = this.#clock.monotonicNow();
    const { maxDurationMs } = attempt.assignment;
    times.loadAt = undefined;
    times.activeSince = now;
    if (maxDurationMs === undefined) return;
    times.durationAt = Math.min(now + maxDurationMs, times.durationAt ?? Number.POSITIVE_INFINITY);
    this.#watch(attempt);
  }

  /** Starts the grace of a canceled attempt, after which its thread is terminated. */
  canceled(attempt: HeldAttempt): void {
    const times = timesOf(attempt);
    times.loadAt = undefined;
    times.durationAt = undefined;
    times.canceledAt = this.#clock.monotonicNow();
    times.graceAt = times.canceledAt + cancelGraceMs;
    this.#watch(attempt);
  }

  /** Extends the grace of a canceled attempt that has `onCancel` hooks. */
  canceling({ times }: HeldAttempt): void {
    if (times?.canceledAt === undefined || times.graceAt === undefined) return;
    times.graceAt = times.canceledAt + longCancelGraceMs;
  }

  /** Terminates the attempt's thread now. */
  stopNow(attempt: HeldAttempt, reason: "stall" | "drain"): void {
    this.#decide(attempt, { reason, dueAt: this.#clock.monotonicNow() });
  }

  /** Returns active time so far, in milliseconds; undefined when no start of it was reported. */
  activeMs({ times }: HeldAttempt): number | undefined {
    return times?.activeSince === undefined ? undefined : this.#clock.monotonicNow() - times.activeSince;
  }

  /** Removes an attempt whose thread is gone or has another attempt. */
  forget(attempt: HeldAttempt): void {
    attempt.times = undefined;
    this.#timed.delete(attempt);
  }

  /** Cancels the timer and forgets all deadlines. */
  stop(): void {
    this.#timed.clear();
    this.#cancelTimer();
    this.#timerDueAt = Number.POSITIVE_INFINITY;
  }

  #decide(attempt: HeldAttempt, stop: Stop): void {
    const times = timesOf(attempt);
    if (times.stop !== undefined) return;
    times.stop = stop;
    times.lingerAt = stop.dueAt + lingerMs;
    const isDue = stop.dueAt <= this.#clock.monotonicNow();
    if (!isDue) times.graceAt = stop.dueAt;
    this.#watch(attempt);
    if (isDue) this.#listener.onStop(attempt);
    else this.#listener.onTimeUp(attempt);
  }

  /**
   * Makes the timer fire for the attempt's next deadline. It may also fire for a cleared deadline, which is harmless.
   */
  #watch(attempt: HeldAttempt): void {
    this.#timed.add(attempt);
    const nextAt = attempt.times?.nextAt ?? Number.POSITIVE_INFINITY;
    if (nextAt < this.#timerDueAt) this.#arm(nextAt);
  }

  #arm(dueAt: number): void {
    this.#cancelTimer();
    this.#timerDueAt = dueAt;
    const delayMs = Math.min(Math.max(0, Math.ceil(dueAt - this.#clock.monotonicNow())), longestTimerMs);
    this.#cancelTimer = this.#clock.setTimer(delayMs, () => this.#fire());
  }

  #fire(): void {
    const now = this.#clock.monotonicNow();
    this.#timerDueAt = Number.POSITIVE_INFINITY;
    for (const attempt of [...this.#timed]) {
      const { times } = attempt;
      if (times !== undefined && times.nextAt <= now) this.#pass(attempt, times, now);
    }
    let nextAt = Number.POSITIVE_INFINITY;
    for (const attempt of this.#timed) {
      const at = attempt.times?.nextAt ?? Number.POSITIVE_INFINITY;
      if (at === Number.POSITIVE_INFINITY) this.#timed.delete(attempt);
      else nextAt = Math.min(nextAt, at);
    }
    if (nextAt < this.#timerDueAt) this.#arm(nextAt);
  }

  #pass(attempt: HeldAttempt, times: AttemptTimes, now: number): void {
    const { durationAt, graceAt, lingerAt, loadAt } = times;
    if (durationAt !== undefined && durationAt <= now) {
      times.durationAt = undefined;
      this.#decide(attempt, { reason: "maxDuration", dueAt: durationAt + this.#maxDurationGraceMs });
    }
    if (loadAt !== undefined && loadAt <= now) {
      times.loadAt = undefined;
      this.#decide(attempt, { reason: "loadTimeout", dueAt: loadAt });
    }
    if (graceAt !== undefined && graceAt <= now) {
      times.graceAt = undefined;
      this.#listener.onStop(attempt);
    }
    if (lingerAt !== undefined && lingerAt <= now) {
      times.lingerAt = undefined;
      this.#listener.onLinger(attempt);
    }
  }
}

function timesOf(attempt: HeldAttempt): AttemptTimes {
  attempt.times ??= new AttemptTimes();
  return attempt.times;
}
