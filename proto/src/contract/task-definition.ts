import type { MachineName } from "./machine.ts";
import type { RetryPolicy } from "./retry.ts";

/** A task as one version defines it: checked, every default filled in by the runner that registers it. */
export interface TaskDefinition {
  readonly id: string;
  readonly description?: string;
  /** Relative to the project, with forward slashes. */
  readonly filePath: string;
  readonly exportName: string;
  /** The queue's name; {@link ownQueueOf} names the task's own. */
  readonly queue: string;
  /** How many runs of the queue execute at once; absent: no limit. */
  readonly concurrencyLimit?: number;
  readonly machine: MachineName;
  /** Active time of one attempt, in milliseconds; absent: no limit. */
  readonly maxDurationMs?: number;
  readonly retry: RetryPolicy;
  /** How long a run may stay queued before its first attempt, in milliseconds; absent: for ever. */
  readonly ttlMs?: number;
  /** Whether a run keeps the version that it started with, however long no runner has it. */
  readonly pinVersion?: boolean;
  /** JSON text of the task's `jsonSchema`, which is only shown. */
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

/** The queue of a task that names none. */
export function ownQueueOf(taskId: string): string {
  return `task/${taskId}`;
}
