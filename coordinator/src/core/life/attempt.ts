import type { AttemptId, RunnerId } from "@baton/proto/contract/ids";
import type { MachineName } from "@baton/proto/contract/machine";
import type { AttemptStatus, AttemptUsage } from "@baton/proto/contract/outcome";
import type { TaskError } from "@baton/proto/contract/task-error";

/** The current attempt of a run. Instants are milliseconds since the epoch. */
export interface CurrentAttempt {
  readonly id: AttemptId;
  readonly number: number;
  readonly runnerId: RunnerId;
  readonly machine: MachineName;
  readonly version: string;
  readonly assignedAt: number;
  readonly startedAt?: number;
}

/** An ended attempt, stored with its run. */
export interface AttemptRecord {
  readonly id: AttemptId;
  readonly number: number;
  readonly status: AttemptStatus;
  readonly runnerId: RunnerId;
  readonly machine: MachineName;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly activeMs: number;
  readonly error?: TaskError | undefined;
  /** Milliseconds from the attempt's deadline or cancellation until its thread was gone. */
  readonly stopLatenessMs?: number | undefined;
  readonly usage?: AttemptUsage | undefined;
}
