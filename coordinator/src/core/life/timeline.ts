import type { RunStatus } from "@baton/proto/contract/run-status";
import type { Run, TimelineEntry } from "./run.ts";

/** The most timeline entries that are kept with a run: the first one and the newest ones. */
const maxTimelineEntries = 50;

function appended(timeline: readonly TimelineEntry[], entry: TimelineEntry): readonly TimelineEntry[] {
  if (timeline.length < maxTimelineEntries) return [...timeline, entry];
  const [first, ...rest] = timeline;
  return first === undefined ? [entry] : [first, ...rest.slice(1), entry];
}

/** A run that is being built, and that no other code has yet. */
export type Draft = { -readonly [Member in keyof Run]: Run[Member] };

/**
 * Copies a run into a draft. It names each of the 43 members, because a spread takes V8 six times as long: the copy grows with each
 * member.
 */
export function draftOf(run: Run): Draft {
  return {
    id: run.id,
    taskId: run.taskId,
    status: run.status,
    revision: run.revision,
    createdAt: run.createdAt,
    updatedAt: run.updatedAt,
    queuedAt: run.queuedAt,
    startedAt: run.startedAt,
    finishedAt: run.finishedAt,
    delayedUntil: run.delayedUntil,
    dueAt: run.dueAt,
    queue: run.queue,
    concurrencyKey: run.concurrencyKey,
    priorityMs: run.priorityMs,
    queueTime: run.queueTime,
    machine: run.machine,
    version: run.version,
    retry: run.retry,
    maxDurationMs: run.maxDurationMs,
    maxAttempts: run.maxAttempts,
    ttlMs: run.ttlMs,
    tags: run.tags,
    idempotencyKey: run.idempotencyKey,
    parentRunId: run.parentRunId,
    rootRunId: run.rootRunId,
    depth: run.depth,
    batchId: run.batchId,
    triggerFunction: run.triggerFunction,
    isReplay: run.isReplay,
    isTest: run.isTest,
    attemptNumber: run.attemptNumber,
    interruptions: run.interruptions,
    chargedInterruptions: run.chargedInterruptions,
    suspicions: run.suspicions,
    deliveries: run.deliveries,
    current: run.current,
    attempts: run.attempts,
    lingering: run.lingering,
    descendantsToCancel: run.descendantsToCancel,
    activeMs: run.activeMs,
    error: run.error,
    hasOutput: run.hasOutput,
    timeline: run.timeline,
  } satisfies Record<keyof Run, unknown>;
}

/** Copies a run into its next status: counts the revision up, and adds the change and its reason to the timeline. */
export function moved(run: Run, status: RunStatus, at: number, reason: string | undefined): Draft {
  const entry: TimelineEntry = reason === undefined ? { status, at } : { status, at, reason };
  const draft = draftOf(run);
  draft.status = status;
  draft.revision = run.revision + 1;
  draft.updatedAt = at;
  draft.timeline = appended(run.timeline, entry);
  return draft;
}
