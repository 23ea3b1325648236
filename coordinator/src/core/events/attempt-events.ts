import type { AttemptId, RunnerId } from "@baton/proto/contract/ids";
import type { CoreState } from "../core-state.ts";
import type { EventOf, ReturnReason } from "../event.ts";
import type { Instant } from "../instant.ts";
import type { CurrentAttempt } from "../life/attempt.ts";
import type { Run } from "../life/run.ts";
import * as life from "../life/run-life.ts";
import type { Runner } from "../scheduling/runner-table.ts";

const returnReasons: Readonly<Record<ReturnReason, string>> = {
  noThread: "no thread was free on the runner",
  draining: "the runner is shutting down",
  versionNotLoaded: "the runner does not have the version",
  notReceived: "the runner did not receive it",
  notStarted: "the runner did not start it",
  notRead: "the runner does not read what it is sent",
};

/** Returns the run's current attempt if it has this id and belongs to this runner. */
export function currentAttempt(
  run: Run | undefined,
  attemptId: AttemptId,
  runnerId: RunnerId,
): CurrentAttempt | undefined {
  const current = run?.current;
  return current?.id === attemptId && current.runnerId === runnerId ? current : undefined;
}

/** Marks an attempt as started. */
export function onStarted(state: CoreState, event: EventOf<"attemptStarted">, now: Instant): void {
  const { memory, runners } = state;
  const run = memory.find(event.runId);
  const attempt = currentAttempt(run, event.attemptId, event.runnerId);
  if (run === undefined || attempt === undefined || run.status !== "dequeued") return;
  runners.find(event.runnerId)?.worked();
  memory.put(now, run, startedRun(state, run, attempt, event.startedAt, now));
}

function startedRun({ tasks }: CoreState, run: Run, attempt: CurrentAttempt, reportedAt: number, now: Instant): Run {
  const definition = tasks.definitionIn(attempt.version, run.taskId);
  const startedAt = Math.min(Math.max(reportedAt, attempt.assignedAt), now.wall);
  return life.started(run, attempt, life.policyOf(run, definition?.retry), startedAt);
}

/** Applies the outcome of an attempt. */
export function onEnded(state: CoreState, event: EventOf<"attemptEnded">, now: Instant): void {
  const { memory, random, record, runners } = state;
  const { outcome, runId, runnerId } = event;
  const { attemptId } = outcome;
  const known = memory.find(runId);
  const attempt = currentAttempt(known, attemptId, runnerId);
  if (known !== undefined && attempt !== undefined) {
    runners.find(runnerId)?.worked();
    const run = known.status === "dequeued" ? startedRun(state, known, attempt, outcome.startedAt, now) : known;
    const policy = life.policyOf(run, undefined);
    memory.put(now, known, life.applyOutcome(run, attempt, outcome, policy, now.wall, random()), event.texts);
  } else if (known?.lingering?.attemptId === attemptId && !outcome.threadLingers) {
    memory.put(now, known, life.threadGone(known, now.wall, now.wall));
  }
  record.emit({ type: "settle", runId, runnerId, attemptId });
}

/** Queues a run again after its assignment came back, or ends it after too many failed deliveries. */
export function onReturned(state: CoreState, event: Omit<EventOf<"assignmentReturned">, "type">, now: Instant): void {
  const { memory, record, runners, versions } = state;
  const { attemptId, reason, runId, runnerId } = event;
  const run = memory.find(runId);
  if (run?.lingering?.attemptId === attemptId && run.lingering.runnerId === runnerId) {
    memory.put(now, run, life.threadGone(run, now.wall));
    return;
  }
  const attempt = currentAttempt(run, attemptId, runnerId);
  if (run === undefined || attempt === undefined || run.status !== "dequeued") return;
  const runner = runners.find(runnerId);
  const isUndelivered = reason === "notReceived" || reason === "notStarted";
  const isFailure = reason === "versionNotLoaded" || isUndelivered;
  const back = isFailure && isCharged(state, runner, attempt.version) ? life.deliveryFailed : life.requeuedUnstarted;
  if (runner?.returned(reason, attempt.version, now.monotonic)) versions.refresh(now);
  memory.put(now, run, back(run, now.wall, returnReasons[reason]));
  if (isUndelivered) record.emit({ type: "stopAttempt", runId, runnerId, attemptId });
}

/**
 * Returns whether a failed delivery counts against the run. It does not when this runner keeps failing and another
 * runner works: then the runner is at fault, not the run.
 */
function isCharged({ runners }: CoreState, runner: Runner | undefined, version: string): boolean {
  if (runner === undefined || runner.failures === 0) return true;
  return !runners.hasHealthyBeside(runner.id, version);
}

/** Frees the slot of a run whose lingering thread is gone. */
export function onThreadGone({ memory, runners }: CoreState, event: EventOf<"threadGone">, now: Instant): void {
  const { attemptId, runnerId } = event;
  const runId = runners.find(runnerId)?.runOf(attemptId);
  const run = runId === undefined ? undefined : memory.find(runId);
  if (run?.lingering?.attemptId !== attemptId) return;
  memory.put(now, run, life.threadGone(run, now.wall, now.wall));
}

/** Ends the attempt of a run that its runner no longer executes. */
export function loseAttempt({ memory }: CoreState, run: Run, reason: string, now: Instant): void {
  const { current } = run;
  if (current === undefined) memory.put(now, run, life.threadGone(run, now.wall));
  else if (current.startedAt === undefined) memory.put(now, run, life.requeuedUnstarted(run, now.wall, reason));
  else memory.put(now, run, life.interrupted(run, current, "TASK_RUN_HEARTBEAT_TIMEOUT", reason, 0, now.wall));
}
