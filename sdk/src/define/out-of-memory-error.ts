/**
 * Reports that a task needs more memory than it has, for a child process for example. The run goes on on the machine that
 * `retry.outOfMemory` names, or ends as `CRASHED`.
 */
export class OutOfMemoryError extends Error {
  readonly code = "OUT_OF_MEMORY";

  constructor() {
    super("The task ran out of memory.");
    this.name = "OutOfMemoryError";
  }
}
