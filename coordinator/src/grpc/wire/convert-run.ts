import {
  durationToWire,
  type TriggeredRun,
  timestampToWire,
  type Attempt as WireAttempt,
  type Run as WireRun,
  type TimelineEntry as WireTimelineEntry,
} from "@baton/proto";
import { noLimitSeconds } from "@baton/proto/contract/limits";
import { attemptStatusToWire } from "@baton/proto/contract/outcome";
import { runStatusToWire } from "@baton/proto/contract/run-status";
import { attemptUsageToWire } from "@baton/proto/wire/attempt-usage";
import { taskErrorToWire } from "@baton/proto/wire/task-error";
import type { RunView } from "../../callers/run-queries.ts";
import type { TriggerOutcome } from "../../callers/trigger-command.ts";
import type { AttemptRecord, CurrentAttempt } from "../../core/life/attempt.ts";
import type { TimelineEntry } from "../../core/life/run.ts";
import type { ListedRun } from "../../store/store.ts";
import { listedErrorToWire } from "./convert-error.ts";

/** Converts a run with all its members. */
export function runToWire(view: RunView): WireRun {
  const { run } = view;
  const wire = listedRunToWire(run);
  wire.payload = view.payload ?? "";
  wire.payloadTypes = view.payloadTypes ?? "";
  wire.output = view.output ?? "";
  wire.outputTypes = view.outputTypes ?? "";
  wire.waitingFor = view.waitingFor ?? "";
  const attempts = run.attempts.map(endedAttemptToWire);
  if (run.current !== undefined) attempts.push(currentAttemptToWire(run.current));
  wire.attempts = attempts;
  wire.timeline = run.timeline.map(timelineEntryToWire);
  if (run.error !== undefined) wire.error = taskErrorToWire(run.error);
  return wire;
}

/** Converts a run as lists show it: without texts, attempts and timeline, and with the beginning of its error. */
export function listedRunToWire(run: ListedRun): WireRun {
  const wire: WireRun = {
    id: run.id,
    taskId: run.taskId,
    status: runStatusToWire[run.status],
    version: run.version ?? "",
    createTime: timestampToWire(run.createdAt),
    updateTime: timestampToWire(run.updatedAt),
    queueTime: timestampToWire(run.queuedAt),
    startTime: timestampToWire(run.startedAt),
    finishTime: timestampToWire(run.finishedAt),
    delayedUntilTime: timestampToWire(run.delayedUntil),
    retryTime: run.status === "reattempting" ? timestampToWire(run.dueAt) : null,
    expireTime: run.status === "expired" ? timestampToWire(run.finishedAt) : null,
    activeDuration: durationToWire(run.activeMs),
    queue: run.queue,
    priority: run.priorityMs / 1000,
    machine: run.current?.machine ?? run.machine ?? "",
    maxDuration: run.maxDurationMs === undefined ? null : durationToWire(run.maxDurationMs || noLimitSeconds * 1_000),
    tags: run.tags as string[],
    idempotencyKey: run.idempotencyKey ?? "",
    parentRunId: run.parentRunId ?? "",
    rootRunId: run.rootRunId ?? "",
    depth: run.depth,
    batchId: run.batchId ?? "",
    triggerFunction:
      run.triggerFunction === "batchTrigger" ? "TRIGGER_FUNCTION_BATCH_TRIGGER" : "TRIGGER_FUNCTION_TRIGGER",
    isReplay: run.isReplay,
    isTest: run.isTest,
    attemptCount: run.attemptNumber,
    interruptionCount: run.interruptions,
    revision: run.revision,
    ttl: durationToWire(run.ttlMs),
  };
  if (run.error !== undefined) wire.error = listedErrorToWire(run.error);
  if (run.maxAttempts !== undefined) wire.maxAttempts = run.maxAttempts;
  return wire;
}

/** Converts the answer to a trigger. */
export function triggeredToWire(outcome: Extract<TriggerOutcome, { ok: true }>): TriggeredRun {
  return {
    runId: outcome.runId,
    taskId: outcome.taskId,
    isCached: outcome.isCached,
    status: runStatusToWire[outcome.status],
  };
}

function endedAttemptToWire(attempt: AttemptRecord): WireAttempt {
  return {
    id: attempt.id,
    number: attempt.number,
    status: attemptStatusToWire[attempt.status],
    runnerId: attempt.runnerId,
    machine: attempt.machine,
    startTime: timestampToWire(attempt.startedAt),
    endTime: timestampToWire(attempt.endedAt),
    activeDuration: durationToWire(attempt.activeMs),
    error: attempt.error === undefined ? null : taskErrorToWire(attempt.error),
    stopLateness: durationToWire(attempt.stopLatenessMs),
    usage: attemptUsageToWire(attempt.usage),
  };
}

function currentAttemptToWire(attempt: CurrentAttempt): WireAttempt {
  return {
    id: attempt.id,
    number: attempt.number,
    status: attempt.startedAt === undefined ? "ATTEMPT_STATUS_PENDING" : "ATTEMPT_STATUS_EXECUTING",
    runnerId: attempt.runnerId,
    machine: attempt.machine,
    startTime: timestampToWire(attempt.startedAt),
  };
}

function timelineEntryToWire(entry: TimelineEntry): WireTimelineEntry {
  return { status: runStatusToWire[entry.status], time: timestampToWire(entry.at), reason: entry.reason ?? "" };
}
