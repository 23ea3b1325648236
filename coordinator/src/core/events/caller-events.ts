import type { RunId } from "@baton/proto/contract/ids";
import { isFinal } from "@baton/proto/contract/run-status";
import type { CoreState } from "../core-state.ts";
import type { Reply } from "../effect.ts";
import type { EventOf } from "../event.ts";
import type { Instant } from "../instant.ts";
import { createRun, type NewRun } from "../life/new-run.ts";
import * as life from "../life/run-life.ts";

/** Creates the triggered run, unless it exists. */
export function onTriggered(state: CoreState, event: EventOf<"runTriggered">, now: Instant): void {
  const { memory, pending, tasks } = state;
  const { request, runId } = event;
  const existing = memory.find(runId) ?? event.stored;
  if (existing !== undefined) return reply(state, event, { type: "run", run: existing, isNew: false });
  const parent = event.parent === undefined ? undefined : memory.find(event.parent.runId);
  if (event.parent !== undefined && parent?.current?.id !== event.parent.attemptId) {
    return reply(state, event, { type: "parentNotRunning", runId: event.parent.runId });
  }
  const task = tasks.find(request.taskId);
  const run = createRun(request, parent, task?.definition, now.wall);
  const limit = run.status === "queued" ? limitPassedBy(state, run.queue, 1) : undefined;
  if (limit !== undefined) return reply(state, event, { type: "queueFull", queue: run.queue, limit });
  if (task === undefined) pending.await(request.taskId);
  memory.put(now, undefined, run, event.texts);
  reply(state, event, { type: "run", run, isNew: true });
}

/** Returns a queue that has no room for all of its new runs among these, and the limit of that queue. */
export function findFullQueue(
  state: CoreState,
  requests: readonly NewRun[],
  now: Instant,
): { readonly queue: string; readonly limit: number } | undefined {
  if (state.maxQueueLength === undefined) return undefined;
  const wanted = new Map<string, number>();
  for (const request of requests) {
    const run = createRun(request, undefined, state.tasks.find(request.taskId)?.definition, now.wall);
    if (run.status === "queued") wanted.set(run.queue, (wanted.get(run.queue) ?? 0) + 1);
  }
  for (const [queue, count] of wanted) {
    const limit = limitPassedBy(state, queue, count);
    if (limit !== undefined) return { queue, limit };
  }
  return undefined;
}

/** Returns the limit of queued runs if `more` further runs would exceed it. */
function limitPassedBy(state: CoreState, queue: string, more: number): number | undefined {
  const { maxQueueLength, memory } = state;
  return maxQueueLength !== undefined && memory.lengthOf(queue) + more > maxQueueLength ? maxQueueLength : undefined;
}

/** Cancels a run, unless it is final. */
export function onCancelRequested(state: CoreState, event: EventOf<"cancelRequested">, now: Instant): void {
  const { memory, record } = state;
  const { reason, runId } = event;
  const run = memory.find(runId) ?? event.stored;
  if (run === undefined) return reply(state, event, { type: "notFound", runId });
  if (isFinal(run.status)) return reply(state, event, { type: "run", run, isNew: false });
  const ended = life.canceled(run, now.wall, reason, event.isWithAncestor);
  memory.put(now, run, ended);
  if (ended.descendantsToCancel) record.emit({ type: "cancelDescendants", runId });
  if (ended.lingering !== undefined) {
    const { attemptId, runnerId } = ended.lingering;
    record.emit({ type: "cancelAttempt", runId, runnerId, attemptId, reason });
  }
  reply(state, event, { type: "run", run: ended, isNew: false });
}

/** Removes the mark from a canceled run whose descendants are all canceled. */
export function onDescendantsCanceled({ memory }: CoreState, runId: RunId, now: Instant): void {
  const run = memory.find(runId);
  if (run?.descendantsToCancel !== true) return;
  // A run that waits for its thread is written again when the thread is gone; that write removes the mark.
  if (run.lingering === undefined) memory.put(now, run, life.descendantsCanceled(run, now.wall));
  else memory.remember(now, { ...run, descendantsToCancel: undefined });
}

function reply(
  { record }: CoreState,
  { requestId, runId }: { readonly requestId: number; readonly runId: RunId },
  answer: Reply,
): void {
  record.emit({ type: "reply", runId, requestId, reply: answer });
}
