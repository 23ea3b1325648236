import type { AttemptId, RunnerId } from "@baton/proto/contract/ids";
import type { MachineName } from "@baton/proto/contract/machine";

/** How a thrown value, or a failure of the system, is stored (docs/tasks.md 4.1). */
export type TaskError =
  | ({
      readonly type: "builtIn";
      readonly name: string;
      readonly message: string;
      readonly stackTrace: string;
    } & ErrorDetails)
  | { readonly type: "string"; readonly raw: string }
  | { readonly type: "custom"; readonly raw: string }
  | ({
      readonly type: "internal";
      readonly code: string;
      readonly message?: string;
      readonly stackTrace?: string;
    } & ErrorDetails);

/** What an error carries besides name, message and stack. */
export interface ErrorDetails {
  readonly cause?: TaskError;
  /** Those of an `AggregateError`. */
  readonly errors?: readonly TaskError[];
  /** JSON text of an object: plain members of the error's own, such as `code`. */
  readonly properties?: string;
}

/** The attempt that a run has now. Instants are milliseconds since the epoch. */
export interface CurrentAttempt {
  readonly id: AttemptId;
  readonly number: number;
  readonly runnerId: RunnerId;
  readonly machine: MachineName;
  readonly version: string;
  readonly assignedAt: number;
  readonly startedAt?: number;
}

/** What an attempt used. A member is absent when its runner could not measure it. */
export interface AttemptUsage {
  /** Processor time of the thread, in milliseconds. */
  readonly cpuMs?: number;
  readonly peakHeapBytes?: number;
  /** Memory outside the heap, buffers included. */
  readonly peakExternalBytes?: number;
}

/** How an attempt ended. */
export type AttemptEnd = "completed" | "failed" | "canceled" | "interrupted";

/** An attempt that ended, kept with its run. */
export interface AttemptRecord {
  readonly id: AttemptId;
  readonly number: number;
  readonly status: AttemptEnd;
  readonly runnerId: RunnerId;
  readonly machine: MachineName;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly activeMs: number;
  readonly error?: TaskError | undefined;
  /** How long after its deadline or cancellation the thread was gone, in milliseconds. */
  readonly stopLatenessMs?: number | undefined;
  readonly usage?: AttemptUsage | undefined;
}
