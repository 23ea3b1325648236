import type { AttemptId, RunId } from "@baton/proto/contract/ids";

/** Names one attempt. */
export interface AttemptKey {
  readonly runId: RunId;
  readonly attemptId: AttemptId;
}

/** An attempt to execute, as the runner process needs it. */
export interface Assignment extends AttemptKey {
  readonly version: string;
  readonly machine: string;
  readonly attemptNumber: number;
  /** Active time after which the attempt is stopped; absent: no limit. */
  readonly maxDurationMs?: number | undefined;
  /** The largest output, in bytes of UTF-8. */
  readonly maxOutputBytes: number;
  /** Execute it alone in a host. */
  readonly isSolo: boolean;
  /** The attempt in the form of `thread/attempt-text.ts`; only the worker thread reads it. */
  readonly body: string;
}
