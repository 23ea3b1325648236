import type { AttemptId, RunId } from "@baton/proto/contract/ids";
import type { MachineName } from "@baton/proto/contract/machine";
import type { RunStatus } from "@baton/proto/contract/run-status";
import type { CoordinatorError } from "../errors.ts";

/** A trigger whose fields are all checked. */
export interface TriggerCommand {
  readonly runId: RunId;
  readonly taskId: string;
  /** JSON text; absent: no payload. */
  readonly payload?: string;
  /** What the payload's JSON cannot say; absent: nothing. */
  readonly payloadTypes?: string;
  /** Milliseconds since the epoch; a time in the past means now. */
  readonly delayUntil?: number;
  readonly idempotencyKey?: string;
  readonly idempotencyKeyTtlMs: number;
  readonly tags: readonly string[];
  readonly priorityMs: number;
  readonly machine?: MachineName;
  /** 0 means no limit for this run. */
  readonly maxDurationMs?: number;
  readonly maxAttempts?: number;
  readonly isTest: boolean;
  readonly isReplay: boolean;
  readonly parent?: { readonly runId: RunId; readonly attemptId: AttemptId };
  readonly batchId?: string;
  readonly triggerFunction: "trigger" | "batchTrigger";
}

/** The result of one trigger. */
export type TriggerOutcome =
  | {
      readonly ok: true;
      readonly runId: RunId;
      readonly taskId: string;
      readonly isCached: boolean;
      readonly status: RunStatus;
    }
  | { readonly ok: false; readonly error: CoordinatorError };
