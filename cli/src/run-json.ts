import {
  type Attempt__Output,
  type AttemptUsage__Output,
  durationFromWire,
  type Run__Output,
  type TaskError__Output,
  timestampFromWire,
} from "@baton/proto";
import { isFinalStatus, type RunStatusName, statusFromWire } from "./run-status.ts";

type Instant = Parameters<typeof timestampFromWire>[0];

/** A run as `--json` prints it: the SDK's run object, with dates as text, and what only the CLI shows beside it. */
export function runToJson(run: Run__Output): Record<string, unknown> {
  return {
    ...listedRunToJson(run),
    payload: parseJsonText(run.payload),
    output: parseJsonText(run.output),
    error: run.error ? errorToJson(run.error) : null,
    waitingFor: run.waitingFor || null,
    attempts: run.attempts.map(attemptToJson),
    timeline: run.timeline.map((entry) => ({
      status: statusFromWire(entry.status),
      at: instant(entry.time),
      reason: entry.reason || null,
    })),
    relatedRuns: { root: run.rootRunId || null, parent: run.parentRunId || null },
  };
}

/** A run of a list, which carries no payload, output, error, attempts and timeline. */
export function listedRunToJson(run: Run__Output): Record<string, unknown> {
  const status = statusFromWire(run.status);
  return {
    id: run.id,
    taskIdentifier: run.taskId,
    status,
    version: run.version || null,
    ...booleansOf(status),
    isTest: run.isTest,
    isReplay: run.isReplay,
    createdAt: instant(run.createTime),
    updatedAt: instant(run.updateTime),
    queuedAt: instant(run.queueTime),
    startedAt: instant(run.startTime),
    finishedAt: instant(run.finishTime),
    delayedUntil: instant(run.delayedUntilTime),
    retryAt: instant(run.retryTime),
    idempotencyKey: run.idempotencyKey || null,
    tags: run.tags,
    durationMs: Math.round(durationFromWire(run.activeDuration) ?? 0),
    queue: run.queue,
    priority: run.priority,
    machine: run.machine || null,
    depth: run.depth,
    batchId: run.batchId || null,
    triggerFunction: run.triggerFunction === "TRIGGER_FUNCTION_BATCH_TRIGGER" ? "batchTrigger" : "trigger",
    attemptCount: run.attemptCount,
    interruptionCount: run.interruptionCount,
  };
}

/** JSON text as a value; nothing, or text that is not JSON, is `null`. */
export function parseJsonText(text: string): unknown {
  if (text === "") return null;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

/** What failed, in one line. */
export function errorLine(error: TaskError__Output): string {
  if (error.type === "TASK_ERROR_TYPE_BUILT_IN") return `${error.name || "Error"}: ${error.message}`;
  if (error.type === "TASK_ERROR_TYPE_INTERNAL") {
    return error.message === "" ? error.code : `${error.code}: ${error.message}`;
  }
  return error.raw;
}

function booleansOf(status: RunStatusName): Record<string, boolean> {
  return {
    isQueued: status === "QUEUED" || status === "PENDING_VERSION" || status === "DELAYED",
    isExecuting: status === "EXECUTING" || status === "DEQUEUED" || status === "REATTEMPTING",
    isWaiting: status === "WAITING",
    isCompleted: isFinalStatus(status),
    isSuccess: status === "COMPLETED",
    isFailed: isFinalStatus(status) && status !== "COMPLETED" && status !== "CANCELED",
    isCancelled: status === "CANCELED",
  };
}

function attemptToJson(attempt: Attempt__Output): Record<string, unknown> {
  const stopLatenessMs = durationFromWire(attempt.stopLateness);
  return {
    id: attempt.id,
    number: attempt.number,
    status: attempt.status.replace("ATTEMPT_STATUS_", ""),
    runnerId: attempt.runnerId,
    machine: attempt.machine,
    startedAt: instant(attempt.startTime),
    completedAt: instant(attempt.endTime),
    durationMs: Math.round(durationFromWire(attempt.activeDuration) ?? 0),
    error: attempt.error ? errorToJson(attempt.error) : null,
    ...(stopLatenessMs === undefined ? {} : { stopLatenessMs }),
    ...(attempt.usage === null ? {} : { usage: usageToJson(attempt.usage) }),
  };
}

/** Members that the runner could not measure are left out. */
function usageToJson({ cpuDuration, peakExternalBytes, peakHeapBytes }: AttemptUsage__Output): Record<string, number> {
  const cpuMs = durationFromWire(cpuDuration);
  return {
    ...(cpuMs === undefined ? {} : { cpuMs }),
    ...(peakHeapBytes === undefined ? {} : { peakHeapBytes }),
    ...(peakExternalBytes === undefined ? {} : { peakExternalBytes }),
  };
}

function errorToJson(error: TaskError__Output): Record<string, string> {
  const stack = error.stackTrace === "" ? {} : { stackTrace: error.stackTrace };
  if (error.type === "TASK_ERROR_TYPE_BUILT_IN") return { name: error.name, message: error.message, ...stack };
  if (error.type === "TASK_ERROR_TYPE_INTERNAL") return { name: error.code, message: error.message, ...stack };
  return { message: error.raw };
}

function instant(value: Instant): string | null {
  const at = timestampFromWire(value);
  return at === undefined ? null : new Date(at).toISOString();
}
