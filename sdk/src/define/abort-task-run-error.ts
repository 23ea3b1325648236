/**
 * Fails the run at once when a task throws it: no further attempt follows.
 * @example
 * if (order === undefined) throw new AbortTaskRunError(`There is no order ${id}.`);
 */
export class AbortTaskRunError extends Error {
  readonly code = "ABORT_TASK_RUN";

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "AbortTaskRunError";
  }
}
