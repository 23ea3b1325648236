import type { AttemptId, RunnerId } from "@baton/proto/contract/ids";
import { maxAttemptsPerRun } from "@baton/proto/contract/limits";
import type { MachineName } from "@baton/proto/contract/machine";
import type { AttemptStatus, FailureDecision } from "@baton/proto/contract/outcome";
import { builtInRetryPolicy, type RetryPolicy, retryDelayMs } from "@baton/proto/contract/retry";
import type { FinalStatus } from "@baton/proto/contract/run-status";
import type { TaskError } from "@baton/proto/contract/task-error";
import { assertNever } from "../assert.ts";
import type { OutcomeWithoutTexts } from "../event.ts";
import type { AttemptRecord, CurrentAttempt } from "./attempt.ts";
import { withAttempt } from "./attempt-history.ts";
import type { Run } from "./run.ts";
import { type Draft, moved } from "./timeline.ts";

/** The most interruptions of a run, drains not counted; the next one ends it as `systemFailure`. */
export const maxInterruptions = 10;
/** Failed deliveries in a row that end a run as `systemFailure`. */
export const maxDeliveries = 12;

/** Gives a queued run to a runner. The attempt's number is the number of charged attempts + 1. */
export function dequeued(
  run: Run,
  runnerId: RunnerId,
  machine: MachineName,
  version: string,
  now: number,
  reason: string | undefined,
): Run {
  const current: CurrentAttempt = {
    id: `attempt_${run.id.slice(4)}_${run.revision + 1}` as AttemptId,
    number: run.attemptNumber + 1,
    runnerId,
    machine,
    version,
    assignedAt: now,
  };
  const draft = moved(run, "dequeued", now, reason);
  draft.current = current;
  draft.lingering = undefined;
  draft.dueAt = undefined;
  return draft;
}

/** Starts the attempt, and locks the version and the retry policy. */
export function started(run: Run, attempt: CurrentAttempt, policy: RetryPolicy, startedAt: number): Run {
  const draft = moved(run, "executing", startedAt, undefined);
  draft.current = { ...attempt, startedAt };
  draft.startedAt = run.startedAt ?? startedAt;
  draft.version = attempt.version;
  draft.retry = policy;
  draft.deliveries = 0;
  return draft;
}

/** Queues a run again whose assignment did not start. Nothing is charged, and the run keeps its place in the queue. */
export function requeuedUnstarted(run: Run, now: number, reason: string): Draft {
  const draft = moved(run, "queued", now, reason);
  draft.current = undefined;
  draft.dueAt = expiryOf(run);
  return draft;
}

/** Queues a run again that did not reach a runner with its version. The twelfth failure in a row ends the run. */
export function deliveryFailed(run: Run, now: number, reason: string): Run {
  const deliveries = run.deliveries + 1;
  if (deliveries < maxDeliveries) {
    const draft = requeuedUnstarted(run, now, reason);
    draft.deliveries = deliveries;
    return draft;
  }
  const error: TaskError = {
    type: "internal",
    code: "TASK_RUN_DEQUEUED_MAX_RETRIES",
    message: `The run could not be delivered to a runner ${maxDeliveries} times in a row; last: ${reason}.`,
  };
  const draft = ended(run, "systemFailure", now, error, reason);
  draft.deliveries = deliveries;
  return draft;
}

/** Returns when a queued run expires. Only a run that never started can expire. */
function expiryOf(run: Run): number | undefined {
  return run.ttlMs === undefined || run.startedAt !== undefined || run.queuedAt === undefined
    ? undefined
    : run.queuedAt + run.ttlMs;
}

/** Queues a run whose delay or retry time was reached. */
export function cameDue(run: Run, now: number): Run {
  const draft = moved(run, "queued", now, undefined);
  draft.queueTime = run.dueAt ?? now;
  draft.queuedAt = run.queuedAt ?? now;
  draft.dueAt = expiryOf(draft);
  return draft;
}

/** Makes a run wait for its task, which was unregistered during the delay. */
export function unregistered(run: Run, now: number): Run {
  const draft = moved(run, "pendingVersion", now, "the task is not registered any more");
  draft.dueAt = undefined;
  return draft;
}

/** Ends a run whose ttl passed before the first attempt. */
export function expired(run: Run, now: number): Run {
  const error: TaskError = {
    type: "string",
    raw: `Run expired because it was not started within its ttl of ${(run.ttlMs ?? 0) / 1000} s.`,
  };
  return ended(run, "expired", now, error, "ttl passed");
}

/**
 * Cancels a run that is not final. If a runner has the run, it keeps its slot until the thread is reported gone. A run
 * that has started may have triggered others, which must be canceled too; that mark is stored in the same write.
 */
export function canceled(run: Run, now: number, reason: string, isWithAncestor = false): Run {
  const error: TaskError = { type: "string", raw: reason };
  const { current } = run;
  const draft = ended(run, "canceled", now, error, reason);
  if (run.startedAt !== undefined && !isWithAncestor) draft.descendantsToCancel = true;
  if (current === undefined) return draft;
  draft.lingering = { runnerId: current.runnerId, attemptId: current.id };
  if (current.startedAt !== undefined) {
    const activeMs = Math.max(0, now - current.startedAt);
    const entry = record(current, "canceled", current.startedAt, now, activeMs, { error });
    draft.attempts = withAttempt(run.attempts, entry);
    draft.activeMs = run.activeMs + activeMs;
    draft.attemptNumber = current.number;
  }
  return draft;
}

/**
 * Frees the slot of a run, because the thread of its last attempt is gone. The status does not change. `stoppedAt` is
 * when the runner reported it; absent if the thread was lost with its runner.
 */
export function threadGone(run: Run, now: number, stoppedAt?: number): Run {
  const attempts = stoppedAt === undefined ? run.attempts : withLateness(run, stoppedAt);
  return { ...run, attempts, lingering: undefined, revision: run.revision + 1, updatedAt: now };
}

/** Removes the mark from a canceled run whose descendants are all final. The status does not change. */
export function descendantsCanceled(run: Run, now: number): Run {
  return { ...run, descendantsToCancel: undefined, revision: run.revision + 1, updatedAt: now };
}

/** Adds the time between the end of a stopped run and the end of its thread. */
function withLateness(run: Run, stoppedAt: number): readonly AttemptRecord[] {
  const isStopped = run.status === "canceled" || run.status === "timedOut";
  const index = run.attempts.findLastIndex((attempt) => attempt.id === run.lingering?.attemptId);
  const entry = run.attempts[index];
  if (!isStopped || entry === undefined || run.finishedAt === undefined) return run.attempts;
  const stopLatenessMs = Math.max(entry.stopLatenessMs ?? 0, stoppedAt - run.finishedAt);
  return run.attempts.with(index, { ...entry, stopLatenessMs });
}

/** Queues a run again, uncharged, after an interruption. Too many of them, drains not counted, end the run. */
export function interrupted(
  run: Run,
  attempt: CurrentAttempt,
  code: string,
  message: string,
  activeMs: number,
  now: number,
  more: Pick<AttemptRecord, "usage"> & { readonly isSuspect?: boolean | undefined } = {},
): Run {
  const isDrain = code === "TASK_EXECUTION_ABORTED";
  const error: TaskError = { type: "internal", code, message };
  const chargedInterruptions = run.chargedInterruptions + (isDrain ? 0 : 1);
  const isTooOften = chargedInterruptions > maxInterruptions;
  const draft = isTooOften ? ended(run, "systemFailure", now, error, message) : moved(run, "queued", now, message);
  const entry = record(attempt, "interrupted", attempt.startedAt ?? now, now, activeMs, { error, usage: more.usage });
  draft.attempts = withAttempt(run.attempts, entry);
  draft.interruptions = run.interruptions + 1;
  draft.chargedInterruptions = chargedInterruptions;
  if (more.isSuspect) draft.suspicions = (run.suspicions ?? 0) + 1;
  draft.activeMs = run.activeMs + activeMs;
  draft.current = undefined;
  draft.dueAt = undefined;
  return draft;
}

/** Applies a runner's report about the current, started attempt. */
export function applyOutcome(
  run: Run,
  attempt: CurrentAttempt,
  outcome: OutcomeWithoutTexts,
  policy: RetryPolicy,
  now: number,
  random: number,
): Run {
  const { end, activeMs, stopLatenessMs, usage } = outcome;
  if (end.type === "interrupted") {
    const more = { usage, isSuspect: end.isSuspect };
    return interrupted(run, attempt, end.code, end.message, activeMs, now, more);
  }
  const error = end.type === "failed" ? end.error : undefined;
  const status: AttemptStatus = end.type === "failed" ? "failed" : "completed";
  const measured = { error, stopLatenessMs, usage };
  const entry = record(attempt, status, outcome.startedAt, outcome.endedAt, activeMs, measured);
  const draft =
    end.type === "succeeded"
      ? moved(run, "completed", now, undefined)
      : afterFailure(run, attempt, end.error, end.decision, policy, now, random);
  draft.attempts = withAttempt(run.attempts, entry);
  draft.attemptNumber = attempt.number;
  draft.activeMs = run.activeMs + activeMs;
  draft.lingering = outcome.threadLingers ? { runnerId: attempt.runnerId, attemptId: attempt.id } : undefined;
  draft.current = undefined;
  if (end.type === "succeeded") {
    draft.finishedAt = now;
    draft.hasOutput = end.hasOutput;
  }
  return draft;
}

function afterFailure(
  run: Run,
  attempt: CurrentAttempt,
  error: TaskError,
  decision: FailureDecision,
  policy: RetryPolicy,
  now: number,
  random: number,
): Draft {
  switch (decision.type) {
    case "retry":
      return retried(run, attempt, error, decision.delayMs, now);
    case "final":
      return ended(run, decision.status, now, error, summary(error));
    case "policy": {
      const isOutOfMemory = error.type === "internal" && error.code === "TASK_PROCESS_OOM_KILLED";
      const larger = isOutOfMemory ? policy.outOfMemoryMachine : undefined;
      const mayRetry = !isOutOfMemory || (larger !== undefined && larger !== attempt.machine);
      const limit = run.maxAttempts ?? policy.maxAttempts;
      const delayMs = mayRetry ? retryDelayMs(policy, attempt.number, limit, random) : undefined;
      if (delayMs === undefined) return ended(run, decision.status, now, error, summary(error));
      const draft = retried(run, attempt, error, delayMs, now);
      if (larger !== undefined) draft.machine = larger;
      return draft;
    }
    default:
      return assertNever(decision);
  }
}

function retried(run: Run, attempt: CurrentAttempt, error: TaskError, delayMs: number, now: number): Draft {
  if (attempt.number >= maxAttemptsPerRun) {
    const message = `The run has had ${maxAttemptsPerRun} attempts, which is the most that a run may have.`;
    return ended(run, "crashed", now, { type: "internal", code: "TASK_RUN_CRASHED", message }, message);
  }
  const draft = moved(run, delayMs === 0 ? "queued" : "reattempting", now, summary(error));
  if (delayMs === 0) draft.queueTime = now;
  else draft.dueAt = now + delayMs;
  return draft;
}

/** Moves the run to a final status. */
function ended(run: Run, status: FinalStatus, now: number, error: TaskError, reason: string): Draft {
  const draft = moved(run, status, now, reason);
  draft.error = error;
  draft.finishedAt = now;
  draft.current = undefined;
  draft.dueAt = undefined;
  return draft;
}

function record(
  attempt: CurrentAttempt,
  status: AttemptStatus,
  startedAt: number,
  endedAt: number,
  activeMs: number,
  more: Pick<AttemptRecord, "error" | "stopLatenessMs" | "usage">,
): AttemptRecord {
  const { id, number, runnerId, machine } = attempt;
  return { id, number, status, runnerId, machine, startedAt, endedAt, activeMs, ...more };
}

/** Returns one line about the error, for the timeline. */
function summary(error: TaskError): string {
  const text = error.type === "builtIn" ? `${error.name}: ${error.message}` : errorText(error);
  const line = text.split("\n", 1)[0] ?? "";
  return line.length > 160 ? `${line.slice(0, 159)}…` : line;
}

function errorText(error: Exclude<TaskError, { type: "builtIn" }>): string {
  return error.type === "internal" ? error.code : error.raw;
}

/** Returns the retry policy of a run: the locked one, else the task's, else the built-in one. */
export function policyOf(run: Run, taskPolicy: RetryPolicy | undefined): RetryPolicy {
  return run.retry ?? taskPolicy ?? builtInRetryPolicy;
}
