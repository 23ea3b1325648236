import type { AttemptId, RunId } from "./ids.ts";
import type { FailureStatus } from "./run-status.ts";
import type { InternalCode, TaskError } from "./task-error.ts";

/** Decides what follows a failure. */
export type FailureDecision =
  | { readonly type: "retry"; readonly delayMs: number }
  | { readonly type: "final"; readonly status: FailureStatus }
  /** The thread could not decide: the run's retry policy does, and `status` ends the run when no attempt is left. */
  | { readonly type: "policy"; readonly status: FailureStatus };

/** Resources that an attempt used. A member is absent when it could not be measured. */
export interface AttemptUsage {
  /** Processor time of the thread, in milliseconds. */
  readonly cpuMs?: number | undefined;
  readonly peakHeapBytes?: number | undefined;
  /** Memory outside the heap, buffers included. */
  readonly peakExternalBytes?: number | undefined;
}

/** An output in its stored form. */
export interface OutputTexts {
  /** JSON text; absent when the task returned nothing. */
  readonly output?: string | undefined;
  /** The types of values that JSON does not have. */
  readonly outputTypes?: string | undefined;
}

/** The attempt succeeded. */
export interface Success extends OutputTexts {
  readonly type: "succeeded";
}

/** The attempt failed. */
export interface Failure {
  readonly type: "failed";
  readonly error: TaskError;
  readonly decision: FailureDecision;
}

/** The attempt ended for a reason that is not its own; it is not charged. */
export interface Interruption<Code extends string = InternalCode> {
  readonly type: "interrupted";
  readonly code: Code;
  readonly message: string;
  /** Whether its host broke and no report says which of the attempts in flight was the cause. */
  readonly isSuspect?: boolean | undefined;
}

/** How an attempt ended. */
export type AttemptEnd = Success | Failure | Interruption;

/** What a runner reports about an attempt that ended. Instants are milliseconds since the epoch. */
export interface AttemptOutcome<End = AttemptEnd> {
  readonly runId: RunId;
  readonly attemptId: AttemptId;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly activeMs: number;
  /** Whether the thread still runs and holds its slot until the runner reports that it is gone. */
  readonly threadLingers: boolean;
  /** Milliseconds from the deadline until the thread was gone; only for an attempt that was stopped. */
  readonly stopLatenessMs?: number | undefined;
  readonly usage?: AttemptUsage | undefined;
  readonly end: End;
}

/** The name on the wire of each status of an attempt that ended. */
export const attemptStatusToWire = {
  completed: "ATTEMPT_STATUS_COMPLETED",
  failed: "ATTEMPT_STATUS_FAILED",
  canceled: "ATTEMPT_STATUS_CANCELED",
  interrupted: "ATTEMPT_STATUS_INTERRUPTED",
} as const;

/** The status of an attempt that ended. */
export type AttemptStatus = keyof typeof attemptStatusToWire;

/** The name on the wire of each state in which a runner holds an attempt. */
export const heldStateToWire = {
  received: "HELD_STATE_RECEIVED",
  started: "HELD_STATE_STARTED",
  ended: "HELD_STATE_ENDED",
  /** The coordinator has the outcome; the thread is not gone. */
  lingering: "HELD_STATE_LINGERING",
} as const;

/** The state of an attempt that a runner holds. */
export type HeldState = keyof typeof heldStateToWire;

/** States of held attempts by their names on the wire; an unspecified one is not among them. */
export const heldStateFromWire: ReadonlyMap<string, HeldState> = reversed(heldStateToWire);

/** The name on the wire of each reason for which a runner hands an attempt back. */
export const handBackReasonToWire = {
  noThread: "HAND_BACK_REASON_NO_THREAD",
  draining: "HAND_BACK_REASON_DRAINING",
  versionNotLoaded: "HAND_BACK_REASON_VERSION_NOT_LOADED",
} as const;

/** Why a runner hands back an attempt that it did not start. */
export type HandBackReason = keyof typeof handBackReasonToWire;

/** Reasons for handing back by their names on the wire; an unspecified one is not among them. */
export const handBackReasonFromWire: ReadonlyMap<string, HandBackReason> = reversed(handBackReasonToWire);

function reversed<Name extends string>(names: Readonly<Record<Name, string>>): ReadonlyMap<string, Name> {
  const entries = Object.entries(names) as [Name, string][];
  return new Map(entries.map(([name, wire]) => [wire, name]));
}
