import type { MachineName } from "@baton/proto/contract/machine";
import type { RetryPolicy } from "@baton/proto/contract/retry";

/** A task as one version defines it, every default filled in by the runner that registered it. */
export interface TaskDefinition {
  readonly id: string;
  readonly description?: string;
  readonly filePath: string;
  readonly exportName: string;
  /** `task/<id>` is the task's own queue. */
  readonly queue: string;
  /** At once executing runs of the queue; absent: no limit. */
  readonly concurrencyLimit?: number;
  readonly machine: MachineName;
  /** Active time of one attempt, in milliseconds; absent: no limit. */
  readonly maxDurationMs?: number;
  readonly retry: RetryPolicy;
  /** How long a run may stay queued before its first attempt, in milliseconds; absent: for ever. */
  readonly ttlMs?: number;
  /** A run never takes another version than the one that it locked, however long nobody has that. */
  readonly pinVersion?: boolean;
  /** JSON text, only shown. */
  readonly jsonSchema?: string;
}

/** One bundle of tasks, told apart by its hash. */
export interface TaskVersion {
  /** `YYYYMMDD.N`, N counting from 1 for each day. */
  readonly version: string;
  readonly hash: string;
  /** Milliseconds since the epoch. */
  readonly registeredAt: number;
  readonly tasks: readonly TaskDefinition[];
}
