import type { AttemptId, RunId } from "@baton/proto/contract/ids";

/** The ids of one attempt. */
export interface AttemptKey {
  readonly runId: RunId;
  readonly attemptId: AttemptId;
}

/** An attempt to execute, with the data that the runner process needs. */
export interface Assignment extends AttemptKey {
  readonly taskId: string;
  readonly version: string;
  readonly machine: string;
  readonly attemptNumber: number;
  /** Active time after which the attempt is stopped; absent for no limit. */
  readonly maxDurationMs?: number | undefined;
  /** The largest output, in bytes of UTF-8. */
  readonly maxOutputBytes: number;
  /** Whether the attempt is executed alone in a host. */
  readonly isSolo: boolean;
  /** The attempt in the form of `thread/attempt-text.ts`; only the worker thread reads it. */
  readonly body: string;
}
