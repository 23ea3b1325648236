import { latestInstantMs, longestRetryDelayMs } from "@baton/proto/contract/limits";
import type { AttemptEnd, AttemptUsage, Failure } from "@baton/proto/contract/outcome";
import type { FromHost } from "../host/host-protocol.ts";
import { readThreadEnd } from "../hosts/host-message.ts";
import type { OwedOutcome } from "../outcome.ts";
import { internalFailure } from "../outcome.ts";
import { splitEnd } from "../thread/attempt-text.ts";
import type { ThreadEnd, ThreadUsage } from "../thread/thread-protocol.ts";
import type { Assignment } from "./assignment.ts";
import type { StopReason } from "./attempt-times.ts";

type Exited = Extract<FromHost, { type: "exited" }>;

/**
 * Returns the outcome of an attempt from the end that its worker thread reported. An unreadable end fails the attempt,
 * because only its code can have broken the functions that the thread reports with.
 *
 * @param earliestStart - the start, or the earliest one when only the thread knows it; milliseconds since the epoch
 * @param text - the end, in the form of `thread/attempt-text.ts`
 */
export function outcomeOfThread(
  key: Pick<Assignment, "attemptId" | "runId" | "maxOutputBytes">,
  earliestStart: number,
  seen: AttemptUsage | undefined,
  text: string,
  now: number,
): OwedOutcome {
  const { output, report } = splitEnd(text);
  const said = readThreadEnd(report);
  // Task code may have changed its thread's clock, for example to test something.
  const startedAt = Math.max(earliestStart, Math.min(said?.startedAt ?? earliestStart, now));
  const endedAt = Math.max(startedAt, Math.min(said?.endedAt ?? now, now));
  return {
    runId: key.runId,
    attemptId: key.attemptId,
    startedAt,
    endedAt,
    activeMs: Math.min(said?.activeMs ?? endedAt - startedAt, latestInstantMs),
    threadLingers: false,
    logsFollow: false,
    usage: said?.usage === undefined ? seen : mergeUsage(said.usage, seen),
    end: said === undefined ? unreadableEnd : toEnd(said.end, output, key.maxOutputBytes),
  };
}

const unreadableEnd = internalFailure(
  "TASK_PROCESS_EXITED_WITH_NON_ZERO_CODE",
  "The attempt's thread reported its end in an unreadable form, because code of the task broke functions that the thread uses.",
  { type: "policy", status: "crashed" },
);

/** Limits a delay, which task code chooses: the coordinator refuses a longer one, however often it is reported. */
function withPossibleDelay(failure: Failure): Failure {
  const { decision } = failure;
  if (decision.type !== "retry" || decision.delayMs <= longestRetryDelayMs) return failure;
  return { ...failure, decision: { type: "retry", delayMs: longestRetryDelayMs } };
}

/**
 * Checks the output's size again, because task code may have broken its thread, and a far too large report breaks the
 * stream.
 */
function toEnd(end: ThreadEnd["end"], output: string, maxOutputBytes: number): AttemptEnd {
  if (end.type === "failed") return withPossibleDelay(end);
  const text = end.hasOutput ? output : undefined;
  if (text === undefined || text.length * 3 <= maxOutputBytes) return succeeded(text, end.outputLength);
  const bytes = Buffer.byteLength(text);
  if (bytes <= maxOutputBytes) return succeeded(text, end.outputLength);
  const message = `The output has ${bytes} bytes; at most ${maxOutputBytes} are stored.`;
  return internalFailure("TASK_OUTPUT_ERROR", message, { type: "final", status: "failed" });
}

/** @param outputLength - characters of the output; undefined when no types follow it */
function succeeded(text: string | undefined, outputLength: number | undefined): AttemptEnd {
  if (outputLength === undefined) return { type: "succeeded", output: text };
  return { type: "succeeded", output: text?.slice(0, outputLength), outputTypes: text?.slice(outputLength) };
}

/** Combines the thread's measurement at the end with the peaks that its host measured before. */
function mergeUsage({ cpuMs, externalBytes, heapBytes }: ThreadUsage, seen: AttemptUsage | undefined): AttemptUsage {
  return {
    cpuMs,
    peakHeapBytes: Math.max(heapBytes, seen?.peakHeapBytes ?? 0),
    peakExternalBytes: Math.max(externalBytes, seen?.peakExternalBytes ?? 0),
  };
}

/** Returns the end of an attempt whose thread exited without reporting an end. */
export function endOfExit({ cause, message, signal }: Exited): AttemptEnd {
  const policy = { type: "policy", status: "crashed" } as const;
  if (signal !== undefined) {
    const code = signal === "SIGSEGV" ? "TASK_PROCESS_SIGSEGV" : "TASK_PROCESS_EXITED_WITH_NON_ZERO_CODE";
    return internalFailure(code, `The attempt sent ${signal} to its own process.`, policy);
  }
  if (cause === "outOfMemory" || cause === "suspectMemory") {
    return internalFailure("TASK_PROCESS_OOM_KILLED", `The worker thread ran out of memory. ${message}`, policy);
  }
  return internalFailure(
    "TASK_PROCESS_EXITED_WITH_NON_ZERO_CODE",
    `The attempt ended its worker thread. ${message}`,
    policy,
  );
}

/** Returns the end of an attempt that the runner stopped. */
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
    case "stall":
      return internalFailure(
        "TASK_RUN_STALLED_EXECUTING",
        `The attempt's thread was silent for more than ${limitMs / 1000} s.`,
        {
          type: "policy",
          status: "crashed",
        },
      );
    case "drain":
      return { type: "interrupted", code: "TASK_EXECUTION_ABORTED", message: "The runner was shut down." };
  }
}

/** Returns the end of an attempt whose host is gone for another reason than the attempt. */
export function endOfLostHost(reason: string, isSuspect: boolean): AttemptEnd {
  return {
    type: "interrupted",
    isSuspect,
    code: "TASK_RUN_HEARTBEAT_TIMEOUT",
    message: `The process that executed the attempt is gone: ${reason}.`,
  };
}

/** Returns the end of an attempt that may be why its process is too large and that is next executed alone. */
export function endOfTakingAside(message: string): AttemptEnd {
  const text = `The attempt may be the cause of a shortage of memory and starts again alone. ${message}`;
  return { type: "interrupted", code: "TASK_RUN_HEARTBEAT_TIMEOUT", message: text, isSuspect: true };
}

/** The end of an attempt that could not begin or go on because of an earlier attempt's code in its thread. */
export const endOfBlocked: AttemptEnd = {
  type: "interrupted",
  code: "TASK_RUN_HEARTBEAT_TIMEOUT",
  message: "Code of an earlier attempt broke or blocked the worker thread.",
};
