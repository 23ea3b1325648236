/** How an operator has queued runs chosen. */
export interface SchedulingSettings {
  /** How long a run waits for its locked version before it takes the current one, in milliseconds. */
  readonly versionGraceMs: number;
  /** Slots of all queues together, and the most that one queue may have; absent: no limit. */
  readonly environmentLimit?: number | undefined;
  /** All queues together may hold this many times the environment limit, rounded down; at least 1. */
  readonly burstFactor: number;
  /** Queued runs that a queue may hold before triggers for it are refused; absent: no limit. */
  readonly maxQueueLength?: number | undefined;
}

/** What applies when an operator says nothing. */
export const defaultScheduling: SchedulingSettings = { versionGraceMs: 60_000, burstFactor: 1 };
