import type { LogBatchState } from "../thread/thread-protocol.ts";

/** The state of one attempt's log. */
export interface AttemptLog {
  /** `cut`: the thread keeps lines back. `last`: no more lines follow. */
  state: LogBatchState;
  bytes: number;
  /** Whether lines were left out, and a warning was logged. */
  isRefused: boolean;
  /** Whether the coordinator still waits for the end of the log. */
  isAwaited: boolean;
}
