import { type FailureStatus, failureStatuses, runStatusToWire } from "@baton/proto/contract/run-status";

/** Statuses in which a failed attempt may end its run, by their name on the wire. */
export const failureStatusFromWire: ReadonlyMap<string, FailureStatus> = new Map(
  failureStatuses.map((status) => [runStatusToWire[status], status]),
);
