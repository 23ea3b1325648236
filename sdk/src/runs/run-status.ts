import { isFinalName, type RunStatusName } from "../contract/run-status.ts";

/** The status of a run. */
export type RunStatus = RunStatusName;

const failed: readonly RunStatus[] = ["FAILED", "CRASHED", "SYSTEM_FAILURE", "TIMED_OUT", "EXPIRED"];
const queued: readonly RunStatus[] = ["QUEUED", "PENDING_VERSION", "DELAYED"];
const executing: readonly RunStatus[] = ["EXECUTING", "DEQUEUED", "REATTEMPTING"];

/** Answers to common questions about a status. */
export interface StatusHelpers {
  readonly isQueued: boolean;
  readonly isExecuting: boolean;
  readonly isWaiting: boolean;
  /** Whether the run has ended, successfully or not. */
  readonly isCompleted: boolean;
  readonly isSuccess: boolean;
  readonly isFailed: boolean;
  readonly isCancelled: boolean;
  /** The same as `isCancelled`. */
  readonly isCanceled: boolean;
}

/** Answers these questions for a status. */
export function statusHelpers(status: RunStatus): StatusHelpers {
  return {
    isQueued: queued.includes(status),
    isExecuting: executing.includes(status),
    isWaiting: status === "WAITING",
    isCompleted: isFinalName(status),
    isSuccess: status === "COMPLETED",
    isFailed: failed.includes(status),
    isCancelled: status === "CANCELED",
    isCanceled: status === "CANCELED",
  };
}
