import { isFinal } from "@baton/proto/contract/run-status";
import type { CoreState } from "../core-state.ts";
import type { ReloadedRun } from "../event.ts";
import type { Instant } from "../instant.ts";
import { admitted } from "../life/new-run.ts";
import { isUnfinished, type Run } from "../life/run.ts";
import { loseAttempt } from "./attempt-events.ts";

/** Replaces the known state of runs with the stored state, and continues from there. */
export function onReloaded(state: CoreState, reloaded: readonly ReloadedRun[], now: Instant): void {
  for (const one of reloaded) state.memory.forget(now, one);
  for (const { stored } of reloaded) if (stored !== undefined) takeStored(state, stored, now);
}

function takeStored(state: CoreState, stored: Run, now: Instant): void {
  const { memory, runners } = state;
  if (isFinal(stored.status) && !isUnfinished(stored)) return;
  if (stored.status === "pendingVersion") return admitStored(state, stored, now);
  goOnWith(state, stored, now);
  memory.remember(now, stored);
  const attempt = stored.current ?? stored.lingering;
  const attemptId = stored.current?.id ?? stored.lingering?.attemptId;
  const runner = attempt === undefined ? undefined : runners.find(attempt.runnerId);
  // Another writer made this assignment. A connected runner that has the attempt would have named it when it connected.
  const isLost = runner?.isConnected && attemptId !== undefined && !runner.confirmed.has(attemptId);
  if (isLost) loseAttempt(state, stored, "the runner does not have it", now);
}

/** Admits a stored run: the page of its task may have skipped the run while memory had it in another state. */
function admitStored({ memory, pending, tasks }: CoreState, stored: Run, now: Instant): void {
  const task = tasks.find(stored.taskId);
  if (task === undefined) pending.await(stored.taskId);
  else memory.put(now, stored, admitted(stored, task.definition, now.wall));
}

/** Adds the runner that may hold a stored run, and continues a cancellation that an earlier owner began. */
export function goOnWith({ record, runners }: CoreState, run: Run, now: Instant): void {
  const runnerId = run.current?.runnerId ?? run.lingering?.runnerId;
  if (runnerId !== undefined) runners.obtain(runnerId, now.monotonic);
  if (run.descendantsToCancel) record.emit({ type: "cancelDescendants", runId: run.id });
}
