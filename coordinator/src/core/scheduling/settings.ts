/** How an operator has queued runs chosen. */
export interface SchedulingSettings {
  /** How long a run waits for its locked version before it takes the current one, in milliseconds. */
  readonly versionGraceMs: number;
  /**
   * All runners have the same project, so a task that is in none of their newest versions is registered no more; default:
   * false, it may be another project's, whose runners are away.
   */
  readonly servesOneProject?: boolean | undefined;
  /** Slots of all queues together, and the most that one queue may have; absent: no limit. */
  readonly environmentLimit?: number | undefined;
  /** All queues together may hold this many times the environment limit, rounded down; at least 1. */
  readonly burstFactor: number;
  /** Queued runs that a queue may hold before triggers for it are refused; absent: no limit. */
  readonly maxQueueLength?: number | undefined;
}

/** What applies when an operator says nothing. */
export const defaultScheduling: SchedulingSettings = { versionGraceMs: 60_000, burstFactor: 1 };
