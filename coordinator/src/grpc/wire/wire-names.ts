import { type FailureStatus, failureStatuses, runStatusToWire } from "@baton/proto/contract/run-status";
import type { HandBackReason, HeldAttempt } from "../../core/event.ts";
import type { AttemptEnd } from "../../core/life/attempt.ts";
import type { StoredLogEntry } from "../../store/store.ts";

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

/** Statuses in which a failed attempt may end its run, by the wire's name. */
export const failureStatusFromWire: ReadonlyMap<string, FailureStatus> = new Map(
  failureStatuses.map((status) => [runStatusToWire[status], status]),
);

/** Log levels by the wire's name; an unspecified one is not among them. */
export const logLevelFromWire: ReadonlyMap<string, StoredLogEntry["level"]> =
  reversed<StoredLogEntry["level"]>(logLevelToWire);

function reversed<Name extends string>(names: Readonly<Record<Name, string>>): ReadonlyMap<string, Name> {
  const entries = Object.entries(names) as [Name, string][];
  return new Map(entries.map(([name, wire]) => [wire, name]));
}
