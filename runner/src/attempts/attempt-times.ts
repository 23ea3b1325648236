/** Why the runner ends an attempt's thread. */
export type StopReason = "maxDuration" | "loadTimeout" | "stall" | "drain";

/** The decision to end an attempt's thread. */
export interface Stop {
  readonly reason: StopReason;
  /** When the attempt's thread should end: at once, or after the grace. By the monotonic clock. */
  readonly dueAt: number;
}

/** One attempt's deadlines and active time, and the decision to stop it. All times by the monotonic clock. */
export class AttemptTimes {
  /** When the maximum duration passes. */
  durationAt: number | undefined;
  /** When the load timeout passes. */
  loadAt: number | undefined;
  /** When the grace passes and the thread is terminated. */
  graceAt: number | undefined;
  /** From when a thread that still lives counts as lingering. */
  lingerAt: number | undefined;
  canceledAt: number | undefined;
  activeSince: number | undefined;
  stop: Stop | undefined;

  /** The next deadline; infinite when there is none. */
  get nextAt(): number {
    return Math.min(
      this.durationAt ?? Number.POSITIVE_INFINITY,
      this.loadAt ?? Number.POSITIVE_INFINITY,
      this.graceAt ?? Number.POSITIVE_INFINITY,
      this.lingerAt ?? Number.POSITIVE_INFINITY,
    );
  }
}
