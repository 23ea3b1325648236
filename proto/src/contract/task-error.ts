/** The stored form of a thrown value, or of a failure that the system found (docs/tasks.md 4.1). */
export type TaskError =
  | ({
      readonly type: "builtIn";
      readonly name: string;
      readonly message: string;
      readonly stackTrace: string;
    } & ErrorDetails)
  | { readonly type: "string"; readonly raw: string }
  | { readonly type: "custom"; readonly raw: string }
  | ({
      readonly type: "internal";
      /** One of the {@link internalCodes}, or a code that only the coordinator uses. */
      readonly code: string;
      readonly message?: string | undefined;
      readonly stackTrace?: string | undefined;
    } & ErrorDetails);

/** The members of an error besides its name, message and stack. */
export interface ErrorDetails {
  readonly cause?: TaskError | undefined;
  /** The errors of an `AggregateError`. */
  readonly errors?: readonly TaskError[] | undefined;
  /** JSON text of an object: the error's own plain members, such as `code`. */
  readonly properties?: string | undefined;
}

/** The most errors that are stored within one: causes, and members of an `AggregateError`. */
export const innerErrorsAtMost = 20;

/** The codes of failures that a thread, a host or a runner finds (docs/tasks.md 4.2). */
export const internalCodes = [
  "TASK_INPUT_ERROR",
  "TASK_OUTPUT_ERROR",
  "HANDLE_ERROR_ERROR",
  "TASK_PROCESS_OOM_KILLED",
  "TASK_PROCESS_SIGSEGV",
  "TASK_PROCESS_EXITED_WITH_NON_ZERO_CODE",
  "TASK_RUN_UNCAUGHT_EXCEPTION",
  "TASK_RUN_STALLED_EXECUTING",
  "TASK_RUN_HEARTBEAT_TIMEOUT",
  "TASK_EXECUTION_ABORTED",
  "MAX_DURATION_EXCEEDED",
  "COULD_NOT_FIND_TASK",
  "COULD_NOT_IMPORT_TASK",
  "COULD_NOT_FIND_EXECUTOR",
] as const;

/** One of the {@link internalCodes}. */
export type InternalCode = (typeof internalCodes)[number];
