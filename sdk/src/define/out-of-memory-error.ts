/**
 * Thrown by a task that needs more memory than it has, such as for a child process: the run goes on on the machine that
 * `retry.outOfMemory` names, or ends as `CRASHED`.
 */
export class OutOfMemoryError extends Error {
  readonly code = "OUT_OF_MEMORY";

  constructor() {
    super("The task ran out of memory.");
    this.name = "OutOfMemoryError";
  }
}
