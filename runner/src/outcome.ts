import type { AttemptOutcome, Failure, FailureDecision } from "@baton/proto/contract/outcome";
import type { InternalCode } from "@baton/proto/contract/task-error";

/** What this runner owes the coordinator about an attempt that ended. */
export interface OwedOutcome extends AttemptOutcome {
  /** Whether lines that the attempt printed are reported after its outcome. */
  readonly logsFollow: boolean;
}

/** Makes a failure that only the system can have. */
export function internalFailure(code: InternalCode, message: string, decision: FailureDecision): Failure {
  return { type: "failed", error: { type: "internal", code, message }, decision };
}
