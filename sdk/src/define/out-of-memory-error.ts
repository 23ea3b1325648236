/**
 * Reports that a task needs more memory than it has, for example for a child process. The run continues on the machine
 * that `retry.outOfMemory` names, or ends as `CRASHED`.
 */
export class OutOfMemoryError extends Error {
  readonly code = "OUT_OF_MEMORY";

  constructor() {
    super("The task ran out of memory.");
    this.name = "OutOfMemoryError";
  }
}
