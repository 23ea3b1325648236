import { readFileSync } from "node:fs";

/**
 * A host is silent when it has left a ping unanswered for this many milliseconds, not counting time in which it waited
 * for a processor.
 */
export const silenceLimitMs = 1_000;
/** A host is silent when it has left a ping unanswered for this many milliseconds, counting such time too. */
export const starvedLimitMs = 10_000;

/**
 * Decides whether a process that does not answer its pings is stuck. Time in which it waited for a processor does not
 * count, because on a busy computer a healthy process waits too.
 */
export class HostSilence {
  readonly #readWaitedMs: () => number;
  #waitedMs: number;
  #isAnswered = true;
  #silentMs = 0;
  #couldAnswerMs = 0;

  /** @param readWaitedMs - returns how long the process has waited for a processor since its start, in milliseconds */
  constructor(readWaitedMs: () => number) {
    this.#readWaitedMs = readWaitedMs;
    this.#waitedMs = readWaitedMs();
  }

  /** Notes that the process answered. */
  answered(): void {
    this.#isAnswered = true;
    this.#silentMs = 0;
    this.#couldAnswerMs = 0;
  }

  /**
   * Adds the time since the last ping, and returns whether the process is silent. The caller then pings again.
   *
   * @param elapsedMs - time since the last ping
   */
  isSilentAfter(elapsedMs: number): boolean {
    const waitedMs = this.#readWaitedMs();
    if (!this.#isAnswered) {
      this.#silentMs += elapsedMs;
      this.#couldAnswerMs += Math.max(0, elapsedMs - (waitedMs - this.#waitedMs));
    }
    this.#waitedMs = waitedMs;
    this.#isAnswered = false;
    return this.#couldAnswerMs >= silenceLimitMs || this.#silentMs >= starvedLimitMs;
  }
}

/**
 * Returns how long the main thread of a process has waited for a processor since its start, in milliseconds; 0 outside
 * Linux.
 */
export function readCpuWaitMs(pid: number | undefined): number {
  try {
    const [, waitedNs = "0"] = readFileSync(`/proc/${pid}/schedstat`, "latin1").split(" ");
    return Number(waitedNs) / 1e6;
  } catch {
    return 0;
  }
}
