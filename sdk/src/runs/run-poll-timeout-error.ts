/** Thrown by `runs.poll` when its `timeout` has passed before the run ended. The run goes on. */
export class RunPollTimeoutError extends Error {
  readonly code = "RUN_POLL_TIMEOUT";
  readonly runId: string;

  constructor(runId: string, timeoutMs: number) {
    super(
      `Run ${runId} did not end within the timeout of ${timeoutMs / 1000} s and goes on. Poll again, or give a longer "timeout".`,
    );
    this.name = "RunPollTimeoutError";
    this.runId = runId;
  }
}
