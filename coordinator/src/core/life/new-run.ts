import type { RunId } from "@baton/proto/contract/ids";
import type { MachineName } from "@baton/proto/contract/machine";
import { ownQueueOf, type TaskDefinition } from "@baton/proto/contract/task-definition";
import type { Run } from "./run.ts";
import { type Draft, draftOf } from "./timeline.ts";

/** A checked trigger request, without its payload. */
export interface NewRun {
  readonly id: RunId;
  readonly taskId: string;
  /** Milliseconds since the epoch; a time in the past means now. */
  readonly delayUntil?: number;
  readonly priorityMs: number;
  readonly machine?: MachineName;
  /** 0 means no limit for this run. */
  readonly maxDurationMs?: number;
  readonly maxAttempts?: number;
  readonly tags: readonly string[];
  readonly idempotencyKey?: string;
  readonly batchId?: string;
  readonly triggerFunction: "trigger" | "batchTrigger";
  readonly isReplay: boolean;
  readonly isTest: boolean;
}

/** Creates a run: `pendingVersion` without a definition, else `delayed` or `queued`. */
export function createRun(
  request: NewRun,
  parent: Run | undefined,
  definition: TaskDefinition | undefined,
  now: number,
): Run {
  const isDelayed = request.delayUntil !== undefined && request.delayUntil > now;
  const draft: Draft = {
    id: request.id,
    taskId: request.taskId,
    status: "pendingVersion",
    revision: 1,
    createdAt: now,
    updatedAt: now,
    queuedAt: undefined,
    startedAt: undefined,
    finishedAt: undefined,
    delayedUntil: isDelayed ? request.delayUntil : undefined,
    dueAt: undefined,
    // The definition sets the queue later, when the task is registered.
    queue: ownQueueOf(request.taskId),
    concurrencyKey: undefined,
    priorityMs: request.priorityMs,
    queueTime: now,
    machine: request.machine,
    version: undefined,
    retry: undefined,
    maxDurationMs: request.maxDurationMs,
    maxAttempts: request.maxAttempts,
    ttlMs: undefined,
    tags: request.tags,
    idempotencyKey: request.idempotencyKey,
    parentRunId: parent?.id,
    rootRunId: parent?.rootRunId ?? parent?.id,
    depth: parent === undefined ? 0 : parent.depth + 1,
    batchId: request.batchId,
    triggerFunction: request.triggerFunction,
    isReplay: request.isReplay,
    isTest: request.isTest || (parent?.isTest ?? false),
    attemptNumber: 0,
    interruptions: 0,
    chargedInterruptions: 0,
    suspicions: undefined,
    deliveries: 0,
    current: undefined,
    attempts: [],
    lingering: undefined,
    descendantsToCancel: undefined,
    activeMs: 0,
    error: undefined,
    hasOutput: false,
    timeline: [],
  };
  if (definition !== undefined) return admit(draft, definition, now);
  draft.timeline = [{ status: "pendingVersion", at: now, reason: "the task is not registered yet" }];
  return draft;
}

/** Admits a run whose task is now registered: `delayed` while its delay lasts, else `queued`. */
export function admitted(run: Run, definition: TaskDefinition, now: number): Run {
  const draft = draftOf(run);
  draft.revision += 1;
  return admit(draft, definition, now);
}

function admit(draft: Draft, definition: TaskDefinition, now: number): Run {
  const { delayedUntil, timeline } = draft;
  draft.queue = definition.queue;
  draft.ttlMs = definition.ttlMs;
  draft.updatedAt = now;
  if (delayedUntil !== undefined && delayedUntil > now) {
    draft.status = "delayed";
    draft.dueAt = delayedUntil;
    draft.timeline = [...timeline, { status: "delayed", at: now }];
    return draft;
  }
  draft.status = "queued";
  draft.queuedAt = now;
  draft.queueTime = delayedUntil ?? draft.createdAt;
  draft.dueAt = definition.ttlMs === undefined ? undefined : now + definition.ttlMs;
  draft.timeline = [...timeline, { status: "queued", at: now }];
  return draft;
}
