import type { RunStatus__Output } from "@baton/proto";
import type { Output } from "./output.ts";

/** The public names of statuses, in the order of a run's life. */
export const runStatuses = [
  "PENDING_VERSION",
  "DELAYED",
  "QUEUED",
  "DEQUEUED",
  "EXECUTING",
  "WAITING",
  "REATTEMPTING",
  "COMPLETED",
  "FAILED",
  "CRASHED",
  "SYSTEM_FAILURE",
  "TIMED_OUT",
  "CANCELED",
  "EXPIRED",
] as const;

/** A status by its public name. */
export type RunStatusName = (typeof runStatuses)[number];

const firstFinal = runStatuses.indexOf("COMPLETED");

/** `RUN_STATUS_COMPLETED` as `COMPLETED`. */
export function statusFromWire(status: RunStatus__Output): RunStatusName {
  return status.replace("RUN_STATUS_", "") as RunStatusName;
}

/** `COMPLETED` as `RUN_STATUS_COMPLETED`. */
export function statusToWire(status: RunStatusName): `RUN_STATUS_${RunStatusName}` {
  return `RUN_STATUS_${status}`;
}

/** Is this the name of a status? */
export function isRunStatus(word: string): word is RunStatusName {
  return (runStatuses as readonly string[]).includes(word);
}

/** Has a run with this status ended for good? */
export function isFinalStatus(status: RunStatusName): boolean {
  return runStatuses.indexOf(status) >= firstFinal;
}

/** The status in its colour. */
export function paintStatus(output: Output, status: RunStatusName, text: string = status): string {
  if (status === "COMPLETED") return output.paint("green", text);
  if (status === "CANCELED" || status === "REATTEMPTING") return output.paint("yellow", text);
  if (isFinalStatus(status)) return output.paint("red", text);
  return output.paint(status === "EXECUTING" ? "cyan" : "dim", text);
}
