import type { AttemptOutcome, Failure, FailureDecision } from "@baton/proto/contract/outcome";
import type { InternalCode } from "@baton/proto/contract/task-error";

/** An outcome that the coordinator has not confirmed. */
export interface OwedOutcome extends AttemptOutcome {
  /** Whether lines that the attempt printed are reported after its outcome. */
  readonly logsFollow: boolean;
}

/** Returns a failure with an internal error code, which only the system sets. */
export function internalFailure(code: InternalCode, message: string, decision: FailureDecision): Failure {
  return { type: "failed", error: { type: "internal", code, message }, decision };
}
