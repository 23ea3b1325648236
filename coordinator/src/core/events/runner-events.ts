import type { AttemptId } from "@baton/proto/contract/ids";
import type { CoreState } from "../core-state.ts";
import type { ConnectedRunner, EventOf, HeldAttempt } from "../event.ts";
import type { Instant } from "../instant.ts";
import type { Runner } from "../scheduling/runner-table.ts";
import { currentAttempt, loseAttempt, onReturned } from "./attempt-events.ts";

/** How long a connected runner may take to start an assignment, in milliseconds. Baton's own hands back earlier. */
export const startLimitMs = 120_000;

/** Opens a session, or refuses it: when it is older than the current one, or when its key is not the runner's. */
export function onConnected(state: CoreState, connected: ConnectedRunner, now: Instant): void {
  const { record, runners, versions } = state;
  const { runnerId, session } = connected;
  const runner = runners.obtain(runnerId, now.monotonic);
  const before = runner.isConnected ? runner.session : undefined;
  if (!runner.connect(connected, now.monotonic)) return record.emit({ type: "closeSession", runnerId, session });
  if (before !== undefined) record.emit({ type: "closeSession", runnerId, session: before });
  runners.renew(runner, now.monotonic);
  const stopAttemptIds = reconcile(state, runner, connected.held, now);
  versions.refresh(now);
  record.emit({ type: "welcome", runnerId, session, stopAttemptIds });
}

/** Compares the runner's attempts with the runs that the core assigned. Returns the attempts that it must stop. */
function reconcile(state: CoreState, runner: Runner, held: readonly HeldAttempt[], now: Instant): AttemptId[] {
  const { memory } = state;
  const heldIds = new Set(held.map((attempt) => attempt.attemptId));
  for (const runId of runner.runIds()) {
    const run = memory.find(runId);
    if (run === undefined || heldIds.has(run.current?.id ?? run.lingering?.attemptId ?? ("" as AttemptId))) continue;
    loseAttempt(state, run, "the runner came back without it", now);
  }
  const isWanted = ({ attemptId, runId, state: heldState }: HeldAttempt) => {
    const run = memory.find(runId);
    if (currentAttempt(run, attemptId, runner.id) !== undefined) return true;
    return heldState === "lingering" && run?.lingering?.attemptId === attemptId;
  };
  runner.confirm(held.filter(isWanted).map((attempt) => attempt.attemptId));
  return [...heldIds].filter((attemptId) => !runner.confirmed.has(attemptId));
}

/** Renews the lease of a runner, and applies what the runner reports about itself. */
export function onHeard({ runners, versions }: CoreState, event: EventOf<"runnerHeard">, now: Instant): void {
  const runner = runners.find(event.runnerId);
  if (runner === undefined) return;
  runners.renew(runner, now.monotonic);
  if (runner.hear(event)) versions.refresh(now);
}

/** Closes a session. The runner keeps its runs until its lease ends. */
export function onDisconnected(state: CoreState, event: EventOf<"runnerDisconnected">, now: Instant): void {
  const { runners, versions } = state;
  const runner = runners.find(event.runnerId);
  if (!runner?.disconnect(event.session)) return;
  if (runner.heldCount === 0) runners.remove(runner.id);
  versions.refresh(now);
}

/** Takes all runs from runners whose lease has ended. */
export function expireLeases(state: CoreState, now: Instant): void {
  for (const runner of [...state.runners.all()]) {
    if (runner.leaseExpiresAt <= now.monotonic) expireLease(state, runner, now);
  }
}

function expireLease(state: CoreState, runner: Runner, now: Instant): void {
  const { memory, record, runners, versions } = state;
  if (runner.isConnected) record.emit({ type: "closeSession", runnerId: runner.id, session: runner.session });
  for (const runId of runner.runIds()) {
    const run = memory.find(runId);
    if (run !== undefined) loseAttempt(state, run, "the runner's lease ended", now);
  }
  runners.remove(runner.id);
  versions.refresh(now);
}

/** Takes back runs that connected runners did not start in time. */
export function takeUnstarted(state: CoreState, now: Instant): void {
  for (const runner of state.runners.all()) {
    if (!runner.isConnected || now.monotonic - runner.connectedAt < startLimitMs) continue;
    for (const runId of runner.runIds()) {
      const current = state.memory.find(runId)?.current;
      if (current === undefined || current.startedAt !== undefined) continue;
      if (now.wall - current.assignedAt < startLimitMs) continue;
      const { id: attemptId, runnerId } = current;
      onReturned(state, { runId, runnerId, attemptId, reason: "notStarted" }, now);
    }
  }
}
