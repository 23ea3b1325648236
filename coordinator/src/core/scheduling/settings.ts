/** An operator's settings for the choice of queued runs. */
export interface SchedulingSettings {
  /** How long a run waits for its locked version before it takes the current one, in milliseconds. */
  readonly versionGraceMs: number;
  /**
   * Whether all runners have the same project. Then a task that is in none of their newest versions is no longer
   * registered. Default: false, because the task may belong to another project, whose runners are away.
   */
  readonly servesOneProject?: boolean | undefined;
  /** Slots of all queues together, and the most slots of one queue; absent: no limit. */
  readonly environmentLimit?: number | undefined;
  /** Multiplies the environment limit for all queues together, rounded down; at least 1. */
  readonly burstFactor: number;
  /** The most queued runs of a queue; further triggers for it are refused. Absent: no limit. */
  readonly maxQueueLength?: number | undefined;
}

/** The settings of an operator who sets none. */
export const defaultScheduling: SchedulingSettings = { versionGraceMs: 60_000, burstFactor: 1 };
