import type { StopReason } from "./attempt-limits.ts";
import type { FromHost } from "./host/host-protocol.ts";
import type { AttemptKey } from "./ledger.ts";
import { type AttemptEnd, type AttemptOutcome, internalFailure } from "./outcome.ts";
import type { ThreadEnd } from "./thread/thread-protocol.ts";

type Exited = Extract<FromHost, { type: "exited" }>;

/** An outcome as a worker thread reported it: JSON of `ThreadEnd`, a line feed, the output. */
export function outcomeOfThread(key: AttemptKey, startedAt: number, body: string): AttemptOutcome {
  const outputAt = body.indexOf("\n") + 1;
  const { endedAt, activeMs, end } = JSON.parse(body.slice(0, outputAt - 1)) as ThreadEnd;
  return {
    runId: key.runId,
    attemptId: key.attemptId,
    startedAt,
    endedAt,
    activeMs,
    threadLingers: false,
    logsFollow: false,
    end:
      end.type === "succeeded" ? { type: "succeeded", output: end.hasOutput ? body.slice(outputAt) : undefined } : end,
  };
}

/** How an attempt ends whose thread is gone without having said so. */
export function endOfExit({ cause, message, signal }: Exited): AttemptEnd {
  const policy = { type: "policy", status: "crashed" } as const;
  if (signal !== undefined) {
    const code = signal === "SIGSEGV" ? "TASK_PROCESS_SIGSEGV" : "TASK_PROCESS_EXITED_WITH_NON_ZERO_CODE";
    return internalFailure(code, `The attempt sent ${signal} to its own process.`, policy);
  }
  if (cause === "outOfMemory") {
    return internalFailure("TASK_PROCESS_OOM_KILLED", `The worker thread ran out of memory. ${message}`, policy);
  }
  return internalFailure(
    "TASK_PROCESS_EXITED_WITH_NON_ZERO_CODE",
    `The attempt ended its worker thread. ${message}`,
    policy,
  );
}

/** How an attempt ends that the runner stopped. */
export function endOfStop(reason: StopReason, limitMs: number): AttemptEnd {
  switch (reason) {
    case "maxDuration":
      return internalFailure("MAX_DURATION_EXCEEDED", `The attempt was active for more than ${limitMs / 1000} s.`, {
        type: "final",
        status: "timedOut",
      });
    case "loadTimeout":
      return internalFailure("COULD_NOT_IMPORT_TASK", `The task's file was not imported within ${limitMs / 1000} s.`, {
        type: "final",
        status: "systemFailure",
      });
    case "drain":
      return { type: "interrupted", code: "TASK_EXECUTION_ABORTED", message: "The runner was shut down." };
  }
}

/** How an attempt ends whose host is gone for a reason that is not its own. */
export function endOfLostHost(reason: string): AttemptEnd {
  return {
    type: "interrupted",
    code: "TASK_RUN_HEARTBEAT_TIMEOUT",
    message: `The process that executed the attempt is gone: ${reason}.`,
  };
}
