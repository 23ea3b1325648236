import type { RunStatus__Output, RunStatus as WireStatus } from "@baton/proto";

/** Where a run stands in its life. */
export type RunStatus =
  | "PENDING_VERSION"
  | "DELAYED"
  | "QUEUED"
  | "DEQUEUED"
  | "EXECUTING"
  | "WAITING"
  | "REATTEMPTING"
  | "COMPLETED"
  | "FAILED"
  | "CRASHED"
  | "SYSTEM_FAILURE"
  | "TIMED_OUT"
  | "CANCELED"
  | "EXPIRED";

/** Old names, accepted by list filters only. */
export type RunStatusAlias = "WAITING_FOR_DEPLOY" | "FROZEN" | "INTERRUPTED";

const failed: readonly RunStatus[] = ["FAILED", "CRASHED", "SYSTEM_FAILURE", "TIMED_OUT", "EXPIRED"];
const final: readonly RunStatus[] = [...failed, "COMPLETED", "CANCELED"];
const queued: readonly RunStatus[] = ["QUEUED", "PENDING_VERSION", "DELAYED"];
const executing: readonly RunStatus[] = ["EXECUTING", "DEQUEUED", "REATTEMPTING"];
const all: readonly RunStatus[] = [...final, ...queued, ...executing, "WAITING"];
const aliases: Readonly<Record<RunStatusAlias, RunStatus>> = {
  WAITING_FOR_DEPLOY: "PENDING_VERSION",
  FROZEN: "WAITING",
  INTERRUPTED: "FAILED",
};

/** The public name of a status on the wire. @internal */
export function statusFromWire(status: RunStatus__Output): RunStatus {
  return status.replace("RUN_STATUS_", "") as RunStatus;
}

/** The name on the wire of a status or alias in a filter; undefined when there is no such status. @internal */
export function statusToWire(status: string): WireStatus | undefined {
  const name = aliases[status as RunStatusAlias] ?? status;
  return all.includes(name as RunStatus) ? (`RUN_STATUS_${name as RunStatus}` as const) : undefined;
}

/** Whether a status on the wire can never change again. @internal */
export function isFinal(status: RunStatus__Output): boolean {
  return final.includes(statusFromWire(status));
}

/** The questions one usually asks of a status. */
export interface StatusHelpers {
  readonly isQueued: boolean;
  readonly isExecuting: boolean;
  readonly isWaiting: boolean;
  /** The run ended, well or not. */
  readonly isCompleted: boolean;
  readonly isSuccess: boolean;
  readonly isFailed: boolean;
  readonly isCancelled: boolean;
  /** The same as `isCancelled`. */
  readonly isCanceled: boolean;
}

/** Answers them. */
export function statusHelpers(status: RunStatus): StatusHelpers {
  return {
    isQueued: queued.includes(status),
    isExecuting: executing.includes(status),
    isWaiting: status === "WAITING",
    isCompleted: final.includes(status),
    isSuccess: status === "COMPLETED",
    isFailed: failed.includes(status),
    isCancelled: status === "CANCELED",
    isCanceled: status === "CANCELED",
  };
}
