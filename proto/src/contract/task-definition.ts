import type { MachineName } from "./machine.ts";
import type { RetryPolicy } from "./retry.ts";

/** A task as one version defines it: checked, and with every default filled in by the runner that registers it. */
export interface TaskDefinition {
  readonly id: string;
  readonly description?: string;
  /** Relative to the project, with forward slashes. */
  readonly filePath: string;
  readonly exportName: string;
  /** The queue's name; {@link ownQueueOf} names the task's own. */
  readonly queue: string;
  /** Limits how many runs of the queue execute at once; absent when there is no limit. */
  readonly concurrencyLimit?: number;
  readonly machine: MachineName;
  /** Limits the active time of one attempt, in milliseconds; absent when there is no limit. */
  readonly maxDurationMs?: number;
  readonly retry: RetryPolicy;
  /** Limits how long a run stays queued before its first attempt, in milliseconds; absent when there is no limit. */
  readonly ttlMs?: number;
  /** Whether a run keeps the version that it started with, however long no runner has that version. */
  readonly pinVersion?: boolean;
  /** JSON text of the task's `jsonSchema`, for listings. */
  readonly jsonSchema?: string;
}

/** The tasks of one build, identified by their hash. */
export interface TaskVersion {
  /** `YYYYMMDD.N`; N counts from 1 each day. */
  readonly version: string;
  readonly hash: string;
  /** Milliseconds since the epoch. */
  readonly registeredAt: number;
  readonly tasks: readonly TaskDefinition[];
}

/** Returns the queue of a task that names none. */
export function ownQueueOf(taskId: string): string {
  return `task/${taskId}`;
}
