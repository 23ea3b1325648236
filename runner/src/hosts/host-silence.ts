import { readFileSync } from "node:fs";

/** A host that could have answered for so long and did not is silent, in milliseconds. */
export const silenceLimitMs = 1_000;
/** A host that has not answered for so long is silent, even when it got no processor, in milliseconds. */
export const starvedLimitMs = 10_000;

/**
 * Judges whether a process that does not answer its pings is stuck. Time in which the system gave it no processor does not
 * count against it, because on a busy machine a sound process waits too.
 */
export class HostSilence {
  readonly #readWaitedMs: () => number;
  #waitedMs: number;
  #isAnswered = true;
  #silentMs = 0;
  #couldAnswerMs = 0;

  /** @param readWaitedMs - how long the process has waited for a processor since its start, in milliseconds */
  constructor(readWaitedMs: () => number) {
    this.#readWaitedMs = readWaitedMs;
    this.#waitedMs = readWaitedMs();
  }

  /** The process has answered. */
  answered(): void {
    this.#isAnswered = true;
    this.#silentMs = 0;
    this.#couldAnswerMs = 0;
  }

  /**
   * Takes what passed since the last ping, and whether the process is silent. The caller then pings again.
   *
   * @param elapsedMs - since the last ping
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

/** How long the main thread of a process has waited for a processor since its start, in milliseconds; 0 outside Linux. */
export function readCpuWaitMs(pid: number | undefined): number {
  try {
    const [, waitedNs = "0"] = readFileSync(`/proc/${pid}/schedstat`, "latin1").split(" ");
    return Number(waitedNs) / 1e6;
  } catch {
    return 0;
  }
}
