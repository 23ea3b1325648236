import type { LogBatchState } from "../thread/thread-protocol.ts";

/** What an attempt has printed. */
export interface AttemptLog {
  /** `cut`: lines are kept back in the thread. `last`: no more come. */
  state: LogBatchState;
  bytes: number;
  /** Lines were left out and a warning was logged. */
  isRefused: boolean;
  /** The coordinator does not have its end. */
  isAwaited: boolean;
}
