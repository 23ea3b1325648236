/** Thrown by a task to fail its run at once: no further attempt follows. */
export class AbortTaskRunError extends Error {
  readonly code = "ABORT_TASK_RUN";

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "AbortTaskRunError";
  }
}
