import type { ErrorDetails, FailureDecision, InternalCode, TaskError } from "@baton/sdk/lifecycle";

export type { ErrorDetails, FailureDecision, InternalCode, TaskError };

/** An attempt's end as its worker thread, host or runner saw it. */
export type AttemptEnd =
  /** `output` is JSON text; absent: no output. `outputTypes` is what its JSON cannot say. */
  | {
      readonly type: "succeeded";
      readonly output?: string | undefined;
      readonly outputTypes?: string | undefined;
    }
  | { readonly type: "failed"; readonly error: TaskError; readonly decision: FailureDecision }
  /** Ended for a reason that is not its own; nothing is charged. Suspect: its host broke, and nobody knows of whom. */
  | {
      readonly type: "interrupted";
      readonly code: InternalCode;
      readonly message: string;
      readonly isSuspect?: boolean | undefined;
    };

/** What an attempt used. What this Node.js cannot measure, and what was too short to measure, is absent. */
export interface AttemptUsage {
  readonly cpuMs?: number | undefined;
  readonly peakHeapBytes?: number | undefined;
  /** Outside the heap, buffers included. */
  readonly peakExternalBytes?: number | undefined;
}

/** What the coordinator is told about an attempt that ended. Instants are milliseconds since the epoch. */
export interface AttemptOutcome {
  readonly runId: string;
  readonly attemptId: string;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly activeMs: number;
  /** The thread still runs and holds its slot until it is reported gone. */
  readonly threadLingers: boolean;
  /** How long after its deadline the thread was gone; only of an attempt that was stopped. */
  readonly stopLatenessMs?: number | undefined;
  /** Lines that the attempt printed are still on their way. */
  readonly logsFollow: boolean;
  readonly usage?: AttemptUsage | undefined;
  readonly end: AttemptEnd;
}

/** A failure that only the system can have, in the form that is stored. */
export function internalFailure(code: InternalCode, message: string, decision: FailureDecision): AttemptEnd {
  return { type: "failed", error: { type: "internal", code, message }, decision };
}
