import type { MachineName } from "./machine.ts";
import type { Run, RunId } from "./run.ts";
import type { TaskDefinition } from "./task.ts";

/** What a trigger asks for, checked, without its payload. */
export interface NewRun {
  readonly id: RunId;
  readonly taskId: string;
  /** Milliseconds since the epoch; in the past means now. */
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

/** The queue of a task that is not registered yet; its definition decides when it comes. */
function ownQueue(taskId: string): string {
  return `task/${taskId}`;
}

/** A run at the start of its life: `pendingVersion` without a definition, else `delayed` or `queued`. */
export function createRun(
  request: NewRun,
  parent: Run | undefined,
  definition: TaskDefinition | undefined,
  now: number,
): Run {
  const optional = {
    ...(request.machine !== undefined && { machine: request.machine }),
    ...(request.maxDurationMs !== undefined && { maxDurationMs: request.maxDurationMs }),
    ...(request.maxAttempts !== undefined && { maxAttempts: request.maxAttempts }),
    ...(request.delayUntil !== undefined && request.delayUntil > now && { delayedUntil: request.delayUntil }),
    ...(request.idempotencyKey !== undefined && { idempotencyKey: request.idempotencyKey }),
    ...(request.batchId !== undefined && { batchId: request.batchId }),
    ...(parent !== undefined && { parentRunId: parent.id, rootRunId: parent.rootRunId ?? parent.id }),
  };
  const blank: Run = {
    id: request.id,
    taskId: request.taskId,
    status: "pendingVersion",
    revision: 1,
    createdAt: now,
    updatedAt: now,
    queue: ownQueue(request.taskId),
    priorityMs: request.priorityMs,
    queueTime: now,
    tags: request.tags,
    depth: parent === undefined ? 0 : parent.depth + 1,
    triggerFunction: request.triggerFunction,
    isReplay: request.isReplay,
    isTest: request.isTest || (parent?.isTest ?? false),
    attemptNumber: 0,
    interruptions: 0,
    chargedInterruptions: 0,
    deliveries: 0,
    attempts: [],
    activeMs: 0,
    hasOutput: false,
    timeline: [],
    ...optional,
  };
  if (definition === undefined) {
    return { ...blank, timeline: [{ status: "pendingVersion", at: now, reason: "the task is not registered yet" }] };
  }
  return admitted(blank, definition, now);
}

/** A run whose task is known: `delayed` while its delay lasts, else `queued`. Keeps the revision. */
export function admitted(run: Run, definition: TaskDefinition, now: number): Run {
  const dueAt = run.delayedUntil;
  if (dueAt !== undefined && dueAt > now) {
    const timeline = [...run.timeline, { status: "delayed", at: now } as const];
    return { ...run, status: "delayed", queue: definition.queue, updatedAt: now, dueAt, timeline };
  }
  const queueTime = run.delayedUntil ?? run.createdAt;
  return {
    ...run,
    status: "queued",
    queue: definition.queue,
    updatedAt: now,
    queuedAt: now,
    queueTime,
    dueAt: definition.ttlMs === undefined ? undefined : now + definition.ttlMs,
    ...(definition.ttlMs !== undefined && { ttlMs: definition.ttlMs }),
    timeline: [...run.timeline, { status: "queued", at: now }],
  };
}
