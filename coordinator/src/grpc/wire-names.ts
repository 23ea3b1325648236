import type { RunStatus as WireRunStatusInput } from "@baton/proto";
import type { AttemptEnd } from "../core/attempt.ts";
import type { HandBackReason, HeldAttempt } from "../core/event.ts";
import type { FinalStatus, RunStatus } from "../core/run.ts";
import type { StoredLogEntry } from "../store/store.ts";

type WireRunStatus = Extract<WireRunStatusInput, string>;

/** The wire's name of each status. */
export const runStatusToWire = {
  pendingVersion: "RUN_STATUS_PENDING_VERSION",
  delayed: "RUN_STATUS_DELAYED",
  queued: "RUN_STATUS_QUEUED",
  dequeued: "RUN_STATUS_DEQUEUED",
  executing: "RUN_STATUS_EXECUTING",
  waiting: "RUN_STATUS_WAITING",
  reattempting: "RUN_STATUS_REATTEMPTING",
  completed: "RUN_STATUS_COMPLETED",
  failed: "RUN_STATUS_FAILED",
  crashed: "RUN_STATUS_CRASHED",
  systemFailure: "RUN_STATUS_SYSTEM_FAILURE",
  timedOut: "RUN_STATUS_TIMED_OUT",
  canceled: "RUN_STATUS_CANCELED",
  expired: "RUN_STATUS_EXPIRED",
} as const satisfies Record<RunStatus, WireRunStatus>;

/** The wire's name of each end of an attempt. */
export const attemptEndToWire = {
  completed: "ATTEMPT_STATUS_COMPLETED",
  failed: "ATTEMPT_STATUS_FAILED",
  canceled: "ATTEMPT_STATUS_CANCELED",
  interrupted: "ATTEMPT_STATUS_INTERRUPTED",
} as const satisfies Record<AttemptEnd, string>;

/** The wire's name of each log level. */
export const logLevelToWire = {
  debug: "LOG_LEVEL_DEBUG",
  log: "LOG_LEVEL_LOG",
  info: "LOG_LEVEL_INFO",
  warn: "LOG_LEVEL_WARN",
  error: "LOG_LEVEL_ERROR",
} as const satisfies Record<StoredLogEntry["level"], string>;

/** How far a held attempt is, by the wire's name. */
export const heldStateFromWire: ReadonlyMap<string, HeldAttempt["state"]> = new Map([
  ["HELD_STATE_RECEIVED", "received"],
  ["HELD_STATE_STARTED", "started"],
  ["HELD_STATE_ENDED", "ended"],
  ["HELD_STATE_LINGERING", "lingering"],
]);

/** Why an assignment came back, by the wire's name. */
export const handBackReasonFromWire: ReadonlyMap<string, HandBackReason> = new Map([
  ["HAND_BACK_REASON_NO_THREAD", "noThread"],
  ["HAND_BACK_REASON_DRAINING", "draining"],
  ["HAND_BACK_REASON_VERSION_NOT_LOADED", "versionNotLoaded"],
]);

/** Statuses by the wire's name; an unspecified one is not among them. */
export const runStatusFromWire: ReadonlyMap<string, RunStatus> = reversed<RunStatus>(runStatusToWire);

/** Statuses in which a failed attempt may end its run, by the wire's name. */
export const failureStatusFromWire: ReadonlyMap<string, FinalStatus> = new Map(
  (["failed", "crashed", "systemFailure", "timedOut"] as const).map((status) => [runStatusToWire[status], status]),
);

/** Log levels by the wire's name; an unspecified one is not among them. */
export const logLevelFromWire: ReadonlyMap<string, StoredLogEntry["level"]> =
  reversed<StoredLogEntry["level"]>(logLevelToWire);

function reversed<Name extends string>(names: Readonly<Record<Name, string>>): ReadonlyMap<string, Name> {
  const entries = Object.entries(names) as [Name, string][];
  return new Map(entries.map(([name, wire]) => [wire, name]));
}
