import { uptime } from "node:os";
import type { Clock } from "@baton/proto/clock";
import type { Logger } from "pino";

/** When the clock follows the wall clock of the machine, in milliseconds. */
export const wallClockLimits = {
  /** The largest change of the difference to the monotonic clock that is followed at once, such as a correction. */
  followedMs: 1_000,
  /** How long a jump forward must last before it is followed. */
  forwardHoldMs: 2 * 60_000,
  /** How long a jump back must last: longer than the delays of most retries. */
  backwardHoldMs: 10 * 60_000,
  /** How long the wall clock must have run without a jump before documents are deleted for their age. */
  settledMs: 10 * 60_000,
} as const;

/** A jump that is not followed yet. */
interface Jump {
  readonly offsetMs: number;
  /** Monotonic milliseconds. */
  readonly since: number;
}

/**
 * A clock whose wall time does not jump with the machine's. It follows small corrections. After a jump it continues
 * with the monotonic clock, and follows the jump only once the jump has lasted for a while. Time during which the
 * machine slept is not a jump, although the monotonic clock of some systems leaves that time out.
 *
 * States: following → (a jump) → holding → following, when the wall clock comes back or the jump has lasted.
 */
export class SteadyClock implements Clock {
  readonly #source: Clock;
  readonly #log: Logger;
  readonly #uptimeMs: () => number;
  /** Wall time minus monotonic time, as far as it is followed. */
  #offsetMs: number;
  /** Time since the machine's start minus monotonic time: grows while the machine sleeps. */
  #sleepMs: number;
  #jump: Jump | undefined;
  /** Since when the wall clock has run without a jump; monotonic milliseconds. */
  #undisturbedSince: number;

  /** @param uptimeMs - returns the milliseconds since the machine started, sleep included; NaN where unknown */
  constructor(source: Clock, log: Logger, uptimeMs: () => number = readUptimeMs) {
    this.#source = source;
    this.#log = log;
    this.#uptimeMs = uptimeMs;
    const monotonic = source.monotonicNow();
    this.#offsetMs = source.wallNow() - monotonic;
    this.#sleepMs = uptimeMs() - monotonic;
    this.#undisturbedSince = monotonic;
  }

  wallNow(): number {
    const monotonic = this.#source.monotonicNow();
    const wall = this.#source.wallNow();
    const offsetMs = wall - monotonic;
    if (!isFollowed(offsetMs, this.#offsetMs)) this.#onDeparture(offsetMs, monotonic);
    else if (this.#jump !== undefined) this.#comeBack(monotonic);
    if (!isFollowed(offsetMs, this.#offsetMs)) return Math.floor(monotonic + this.#offsetMs);
    this.#offsetMs = offsetMs;
    return wall;
  }

  monotonicNow(): number {
    return this.#source.monotonicNow();
  }

  setTimer(delayMs: number, callback: () => void): () => void {
    return this.#source.setTimer(delayMs, callback);
  }

  soon(callback: () => void): void {
    this.#source.soon(callback);
  }

  random(): number {
    return this.#source.random();
  }

  /** Returns whether the wall clock has run without a jump for long enough to delete documents for their age. */
  isSettled(): boolean {
    this.wallNow();
    const undisturbedMs = this.#source.monotonicNow() - this.#undisturbedSince;
    return this.#jump === undefined && undisturbedMs >= wallClockLimits.settledMs;
  }

  #onDeparture(offsetMs: number, monotonic: number): void {
    if (this.#jump === undefined || !isFollowed(offsetMs, this.#jump.offsetMs)) {
      this.#addSleep(monotonic);
      if (isFollowed(offsetMs, this.#offsetMs)) return;
      this.#jump = { offsetMs, since: monotonic };
      const jumpMs = Math.round(offsetMs - this.#offsetMs);
      this.#log.warn({ jumpMs, holdMs: holdOf(jumpMs) }, "wall clock jumped, going on as if it had not");
      return;
    }
    const jumpMs = Math.round(offsetMs - this.#offsetMs);
    if (monotonic - this.#jump.since < holdOf(jumpMs)) return;
    this.#log.warn({ jumpMs }, "wall clock did not come back from its jump, following it");
    this.#offsetMs = offsetMs;
    this.#settle(monotonic);
  }

  #comeBack(monotonic: number): void {
    this.#log.warn("wall clock came back from its jump");
    this.#settle(monotonic);
  }

  #settle(monotonic: number): void {
    this.#jump = undefined;
    this.#undisturbedSince = monotonic;
  }

  #addSleep(monotonic: number): void {
    const sleptMs = this.#uptimeMs() - monotonic - this.#sleepMs;
    if (!(sleptMs > wallClockLimits.followedMs)) return;
    this.#sleepMs += sleptMs;
    this.#offsetMs += sleptMs;
    this.#log.info({ sleptMs: Math.round(sleptMs) }, "machine slept");
  }
}

function isFollowed(offsetMs: number, followedMs: number): boolean {
  return Math.abs(offsetMs - followedMs) <= wallClockLimits.followedMs;
}

function holdOf(jumpMs: number): number {
  return jumpMs > 0 ? wallClockLimits.forwardHoldMs : wallClockLimits.backwardHoldMs;
}

function readUptimeMs(): number {
  try {
    return uptime() * 1_000;
  } catch {
    return Number.NaN;
  }
}
