import type { Clock } from "@baton/proto/clock";
import { cancelGraceMs, longCancelGraceMs, longestTimerMs } from "@baton/proto/contract/limits";
import { AttemptTimes, type Stop } from "./attempt-times.ts";
import type { HeldAttempt } from "./held-attempt.ts";

/** What happens when time is up. */
export interface LimitsListener {
  /** The attempt passed its maximum duration and has a grace to settle. */
  onTimeUp(attempt: HeldAttempt): void;
  /** End the attempt's thread now. */
  onStop(attempt: HeldAttempt): void;
  /** The thread should be gone by now and is not. */
  onLinger(attempt: HeldAttempt): void;
}

/** A thread that is not gone this long after the decision is reported as lingering. */
const lingerMs = 50;

/** All that time does to attempts: maximum duration, load timeout, grace of a cancel, threads that do not end. */
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
   * A thread was given the attempt. The maximum duration counts from here, whatever the thread says or does not say, except
   * for the time that it may take to import the task's file.
   */
  taken(attempt: HeldAttempt): void {
    const { maxDurationMs } = attempt.assignment;
    if (maxDurationMs === undefined) return;
    timesOf(attempt).durationAt = this.#clock.monotonicNow() + maxDurationMs;
    this.#watch(attempt);
  }

  /** The thread imports the task's file. */
  loading(attempt: HeldAttempt, limitMs: number): void {
    const times = timesOf(attempt);
    if (times.activeSince !== undefined || times.loadAt !== undefined) return;
    times.loadAt = this.#clock.monotonicNow() + limitMs;
    if (times.durationAt !== undefined) times.durationAt += limitMs;
    this.#watch(attempt);
  }

  /** Active time begins, once: an attempt does not get more of it by saying so again. */
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

  /** The attempt was asked to stop; its thread is ended after the grace. */
  canceled(attempt: HeldAttempt): void {
    const times = timesOf(attempt);
    times.loadAt = undefined;
    times.durationAt = undefined;
    times.canceledAt = this.#clock.monotonicNow();
    times.graceAt = times.canceledAt + cancelGraceMs;
    this.#watch(attempt);
  }

  /** The canceled attempt has `onCancel` hooks and gets more time. */
  canceling({ times }: HeldAttempt): void {
    if (times?.canceledAt === undefined || times.graceAt === undefined) return;
    times.graceAt = times.canceledAt + longCancelGraceMs;
  }

  /** Ends the attempt's thread now. */
  stopNow(attempt: HeldAttempt, reason: "stall" | "drain"): void {
    this.#decide(attempt, { reason, dueAt: this.#clock.monotonicNow() });
  }

  /** Active time so far, in milliseconds; undefined before it began or when nobody said that it did. */
  activeMs({ times }: HeldAttempt): number | undefined {
    return times?.activeSince === undefined ? undefined : this.#clock.monotonicNow() - times.activeSince;
  }

  /** The attempt's thread is gone or has another attempt. */
  forget(attempt: HeldAttempt): void {
    attempt.times = undefined;
    this.#timed.delete(attempt);
  }

  /** Ends the timer. */
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

  /** The attempt has a deadline that the timer must not miss. One that was cleared may let it fire in vain. */
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
