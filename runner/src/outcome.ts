/** How a thrown value, or a failure of the system, is stored (spec 4.1). */
export type TaskError =
  | { readonly type: "builtIn"; readonly name: string; readonly message: string; readonly stackTrace: string }
  | { readonly type: "string"; readonly raw: string }
  | { readonly type: "custom"; readonly raw: string }
  | {
      readonly type: "internal";
      readonly code: InternalCode;
      readonly message?: string | undefined;
      readonly stackTrace?: string | undefined;
    };

/** Codes of failures that a runner finds out (spec 4.2). */
export type InternalCode =
  | "TASK_INPUT_ERROR"
  | "TASK_OUTPUT_ERROR"
  | "TASK_PROCESS_OOM_KILLED"
  | "TASK_PROCESS_EXITED_WITH_NON_ZERO_CODE"
  | "TASK_RUN_UNCAUGHT_EXCEPTION"
  | "TASK_RUN_HEARTBEAT_TIMEOUT"
  | "TASK_EXECUTION_ABORTED"
  | "MAX_DURATION_EXCEEDED"
  | "COULD_NOT_FIND_TASK"
  | "COULD_NOT_IMPORT_TASK"
  | "COULD_NOT_FIND_EXECUTOR";

/** Final statuses that a runner asks for. */
export type FinalStatus = "failed" | "crashed" | "systemFailure" | "timedOut";

/** What decides what follows a failure. */
export type FailureDecision =
  | { readonly type: "retry"; readonly delayMs: number }
  | { readonly type: "final"; readonly status: FinalStatus }
  /** The thread could not decide: the coordinator applies the stored policy, or ends the run with `status`. */
  | { readonly type: "policy"; readonly status: FinalStatus };

/** An attempt's end as its worker thread, host or runner saw it. */
export type AttemptEnd =
  /** `output` is JSON text; absent: no output. */
  | { readonly type: "succeeded"; readonly output?: string | undefined }
  | { readonly type: "failed"; readonly error: TaskError; readonly decision: FailureDecision }
  /** Ended for a reason that is not its own; nothing is charged. */
  | { readonly type: "interrupted"; readonly code: InternalCode; readonly message: string };

/** What the coordinator is told about an attempt that ended. Instants are milliseconds since the epoch. */
export interface AttemptOutcome {
  readonly runId: string;
  readonly attemptId: string;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly activeMs: number;
  /** The thread still runs and holds its slot until it is reported gone. */
  readonly threadLingers: boolean;
  /** How long after its deadline the thread was gone; only of an attempt that was stopped. */
  readonly stopLatenessMs?: number | undefined;
  /** Lines that the attempt printed are still on their way. */
  readonly logsFollow: boolean;
  readonly end: AttemptEnd;
}

/** A failure that only the system can have, in the form that is stored. */
export function internalFailure(code: InternalCode, message: string, decision: FailureDecision): AttemptEnd {
  return { type: "failed", error: { type: "internal", code, message }, decision };
}
