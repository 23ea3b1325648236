/** Why the runner ends an attempt's thread. */
export type StopReason = "maxDuration" | "loadTimeout" | "stall" | "drain";

/** The decision to end an attempt's thread. */
export interface Stop {
  readonly reason: StopReason;
  /** When its thread should end: now, or after the grace. By the monotonic clock. */
  readonly dueAt: number;
}

/** One attempt's deadlines, active time and the decision to stop it. All times by the monotonic clock. */
export class AttemptTimes {
  /** The maximum duration passes. */
  durationAt: number | undefined;
  /** The task's file should be imported. */
  loadAt: number | undefined;
  /** Its thread is ended. */
  graceAt: number | undefined;
  /** A thread that is not gone counts as lingering. */
  lingerAt: number | undefined;
  canceledAt: number | undefined;
  activeSince: number | undefined;
  stop: Stop | undefined;

  /** The next deadline; infinite: none. */
  get nextAt(): number {
    return Math.min(
      this.durationAt ?? Number.POSITIVE_INFINITY,
      this.loadAt ?? Number.POSITIVE_INFINITY,
      this.graceAt ?? Number.POSITIVE_INFINITY,
      this.lingerAt ?? Number.POSITIVE_INFINITY,
    );
  }
}
