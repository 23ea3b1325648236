import { type FailureStatus, failureStatuses, runStatusToWire } from "@baton/proto/contract/run-status";
import type { StoredLogEntry } from "../../store/store.ts";

/** The wire's name of each log level. */
export const logLevelToWire = {
  debug: "LOG_LEVEL_DEBUG",
  log: "LOG_LEVEL_LOG",
  info: "LOG_LEVEL_INFO",
  warn: "LOG_LEVEL_WARN",
  error: "LOG_LEVEL_ERROR",
} as const satisfies Record<StoredLogEntry["level"], string>;

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
