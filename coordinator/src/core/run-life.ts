import { assertNever } from "./assert.ts";
import type { AttemptEnd, AttemptRecord, CurrentAttempt, TaskError } from "./attempt.ts";
import { maxAttemptsPerRun, withAttempt } from "./attempt-history.ts";
import type { AttemptOutcome, FailureDecision } from "./event.ts";
import type { MachineName } from "./machine.ts";
import { builtInRetryPolicy, type RetryPolicy, retryDelayMs } from "./retry.ts";
import type { AttemptId, FinalStatus, Run, RunnerId } from "./run.ts";
import { moved } from "./timeline.ts";

/** Interruptions, drains not counted, after which a run ends as `systemFailure`. */
export const maxInterruptions = 10;
/** Failed deliveries in a row after which a run ends as `systemFailure`. */
export const maxDeliveries = 12;

/** A queued run is given to a runner, in attempt `number` = the charged ones so far + 1. */
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
  return moved(run, "dequeued", now, reason, { current, dueAt: undefined });
}

/** The runner started the attempt: version and retry policy are locked from here on. */
export function started(run: Run, attempt: CurrentAttempt, policy: RetryPolicy, startedAt: number): Run {
  return moved(run, "executing", startedAt, undefined, {
    current: { ...attempt, startedAt },
    startedAt: run.startedAt ?? startedAt,
    version: attempt.version,
    retry: policy,
    deliveries: 0,
  });
}

/** An unstarted assignment comes back; nothing is charged. It keeps its place in the queue. */
export function requeuedUnstarted(run: Run, now: number, reason: string): Run {
  return moved(run, "queued", now, reason, { current: undefined, dueAt: expiryOf(run) });
}

/** An assignment did not arrive, or was refused for want of the version. The twelfth in a row ends the run. */
export function deliveryFailed(run: Run, now: number, reason: string): Run {
  const deliveries = run.deliveries + 1;
  if (deliveries < maxDeliveries) return { ...requeuedUnstarted(run, now, reason), deliveries };
  const error: TaskError = {
    type: "internal",
    code: "TASK_RUN_DEQUEUED_MAX_RETRIES",
    message: `The run could not be delivered to a runner ${maxDeliveries} times in a row; last: ${reason}.`,
  };
  return ended({ ...run, deliveries }, "systemFailure", now, error, reason);
}

/** When a queued run expires: only one that never started has a ttl. */
function expiryOf(run: Run): number | undefined {
  return run.ttlMs === undefined || run.startedAt !== undefined || run.queuedAt === undefined
    ? undefined
    : run.queuedAt + run.ttlMs;
}

/** A delay or a retry time was reached. */
export function cameDue(run: Run, now: number): Run {
  const queueTime = run.dueAt ?? now;
  const queuedAt = run.queuedAt ?? now;
  const queued = moved(run, "queued", now, undefined, { queueTime, queuedAt, dueAt: undefined });
  return { ...queued, dueAt: expiryOf(queued) };
}

/** The ttl passed before the first attempt. */
export function expired(run: Run, now: number): Run {
  const error: TaskError = {
    type: "string",
    raw: `Run expired because it was not started within its ttl of ${(run.ttlMs ?? 0) / 1000} s.`,
  };
  return ended(run, "expired", now, error, "ttl passed");
}

/** Cancels a run that is not final. One that a runner has keeps its slot until the thread is reported gone. */
export function canceled(run: Run, now: number, reason: string): Run {
  const error: TaskError = { type: "string", raw: reason };
  const { current } = run;
  if (current === undefined) return ended(run, "canceled", now, error, reason);
  const lingering = { runnerId: current.runnerId, attemptId: current.id };
  const attempts =
    current.startedAt === undefined
      ? run.attempts
      : withAttempt(run.attempts, record(current, "canceled", current.startedAt, now, now - current.startedAt, error));
  const charged = current.startedAt === undefined ? run.attemptNumber : current.number;
  return ended({ ...run, attempts, attemptNumber: charged, lingering }, "canceled", now, error, reason);
}

/** The thread of a final run is gone: the run no longer holds its slot. No change of status. */
export function threadGone(run: Run, now: number): Run {
  return { ...run, lingering: undefined, revision: run.revision + 1, updatedAt: now };
}

/** The attempt was cut off for a reason that is not the run's: the same number runs again, nothing is charged. */
export function interrupted(
  run: Run,
  attempt: CurrentAttempt,
  code: string,
  message: string,
  activeMs: number,
  now: number,
): Run {
  const isDrain = code === "TASK_EXECUTION_ABORTED";
  const error: TaskError = { type: "internal", code, message };
  const entry = record(attempt, "interrupted", attempt.startedAt ?? now, now, activeMs, error);
  const chargedInterruptions = run.chargedInterruptions + (isDrain ? 0 : 1);
  const base: Run = {
    ...run,
    attempts: withAttempt(run.attempts, entry),
    interruptions: run.interruptions + 1,
    chargedInterruptions,
    activeMs: run.activeMs + activeMs,
  };
  if (chargedInterruptions > maxInterruptions) return ended(base, "systemFailure", now, error, message);
  return moved(base, "queued", now, message, { current: undefined, dueAt: undefined });
}

/** Applies what a runner reports about the current, started attempt. */
export function applyOutcome(
  run: Run,
  attempt: CurrentAttempt,
  outcome: AttemptOutcome,
  policy: RetryPolicy,
  now: number,
  random: number,
): Run {
  const { end, activeMs } = outcome;
  if (end.type === "interrupted") return interrupted(run, attempt, end.code, end.message, activeMs, now);
  const error = end.type === "failed" ? end.error : undefined;
  const status: AttemptEnd = end.type === "failed" ? "failed" : "completed";
  const entry = record(attempt, status, outcome.startedAt, outcome.endedAt, activeMs, error, outcome.stopLatenessMs);
  const base: Run = {
    ...run,
    attempts: withAttempt(run.attempts, entry),
    attemptNumber: attempt.number,
    activeMs: run.activeMs + activeMs,
    lingering: outcome.threadLingers ? { runnerId: attempt.runnerId, attemptId: attempt.id } : undefined,
  };
  if (end.type === "succeeded") {
    return moved(base, "completed", now, undefined, {
      current: undefined,
      finishedAt: now,
      hasOutput: end.hasOutput,
    });
  }
  return afterFailure(base, attempt, end.error, end.decision, policy, now, random);
}

function afterFailure(
  run: Run,
  attempt: CurrentAttempt,
  error: TaskError,
  decision: FailureDecision,
  policy: RetryPolicy,
  now: number,
  random: number,
): Run {
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
      return retried(larger === undefined ? run : { ...run, machine: larger }, attempt, error, delayMs, now);
    }
    default:
      return assertNever(decision);
  }
}

function retried(run: Run, attempt: CurrentAttempt, error: TaskError, delayMs: number, now: number): Run {
  if (attempt.number >= maxAttemptsPerRun) {
    const message = `The run has had ${maxAttemptsPerRun} attempts, which is the most that a run may have.`;
    return ended(run, "crashed", now, { type: "internal", code: "TASK_RUN_CRASHED", message }, message);
  }
  const reason = summary(error);
  if (delayMs === 0) return moved(run, "queued", now, reason, { current: undefined, queueTime: now });
  return moved(run, "reattempting", now, reason, { current: undefined, dueAt: now + delayMs });
}

/** The run in a final status. */
function ended(run: Run, status: FinalStatus, now: number, error: TaskError, reason: string): Run {
  return moved(run, status, now, reason, { error, finishedAt: now, current: undefined, dueAt: undefined });
}

function record(
  attempt: CurrentAttempt,
  status: AttemptEnd,
  startedAt: number,
  endedAt: number,
  activeMs: number,
  error: TaskError | undefined,
  stopLatenessMs?: number,
): AttemptRecord {
  const { id, number, runnerId, machine } = attempt;
  const base = { id, number, status, runnerId, machine, startedAt, endedAt, activeMs };
  if (error === undefined && stopLatenessMs === undefined) return base;
  return { ...base, error, stopLatenessMs };
}

/** One line for the timeline. */
function summary(error: TaskError): string {
  const text = error.type === "builtIn" ? `${error.name}: ${error.message}` : errorText(error);
  const line = text.split("\n", 1)[0] ?? "";
  return line.length > 160 ? `${line.slice(0, 159)}…` : line;
}

function errorText(error: Exclude<TaskError, { type: "builtIn" }>): string {
  return error.type === "internal" ? error.code : error.raw;
}

/** The policy that a run's next decision follows: the locked one, else the task's, else the built-in one. */
export function policyOf(run: Run, taskPolicy: RetryPolicy | undefined): RetryPolicy {
  return run.retry ?? taskPolicy ?? builtInRetryPolicy;
}
