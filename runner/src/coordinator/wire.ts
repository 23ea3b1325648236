import {
  type Assignment__Output,
  type AttachRequest,
  type Dispatch__Output,
  durationFromWire,
  durationToWire,
  type RetryPolicy__Output,
  timestampFromWire,
  timestampToWire,
  type AttemptOutcome as WireOutcome,
} from "@baton/proto";
import type { AttemptId, RunId } from "@baton/proto/contract/ids";
import { isMachineName } from "@baton/proto/contract/machine";
import { type FailureDecision, handBackReasonToWire, heldStateToWire } from "@baton/proto/contract/outcome";
import type { RetryPolicy } from "@baton/proto/contract/retry";
import { runStatusToWire } from "@baton/proto/contract/run-status";
import { attemptUsageToWire } from "@baton/proto/wire/attempt-usage";
import { taskErrorToWire } from "@baton/proto/wire/task-error";
import type { Assignment } from "../attempts/assignment.ts";
import type { BookReport, Dispatch, HeldLine } from "../attempts/book.ts";
import type { Capacity } from "../capacity.ts";
import type { OwedOutcome } from "../outcome.ts";
import type { RunnerProcess } from "../this-machine.ts";
import { encodeAttempt, payloadLengthOf } from "../thread/attempt-text.ts";
import type { AttemptDetails } from "../thread/thread-protocol.ts";

/** The part of a Hello that does not come from the book. */
export interface RunnerIdentity extends RunnerProcess {
  readonly capacity: Capacity;
}

/** Encodes the first message of a stream. */
export function helloToWire(
  identity: RunnerIdentity,
  session: number,
  versions: readonly string[],
  held: readonly HeldLine[],
  isDraining: boolean,
): AttachRequest {
  return {
    hello: {
      ...identity,
      session,
      versions: [...versions],
      held: held.map(({ runId, attemptId, state }) => ({ runId, attemptId, state: heldStateToWire[state] })),
      draining: isDraining,
    },
  };
}

/** Encodes one report. */
export function reportToWire(report: BookReport, prefetch: number): AttachRequest {
  return {
    report: {
      receivedSequence: report.receivedSequence,
      started: report.started.map(({ runId, attemptId, startedAt }) => ({
        runId,
        attemptId,
        startTime: timestampToWire(startedAt),
      })),
      outcomes: report.outcomes.map(outcomeToWire),
      handedBack: report.handedBack.map(({ runId, attemptId, reason }) => ({
        runId,
        attemptId,
        reason: handBackReasonToWire[reason],
      })),
      goneAttemptIds: [...report.goneAttemptIds],
      prefetch,
    },
  };
}

/** Members of a dispatch that contain ids, which only the coordinator creates. */
type Ids = Pick<Dispatch, "cancels" | "settledAttemptIds" | "stopAttemptIds">;

/**
 * Decodes one dispatch.
 *
 * @param maxOutputBytes - the largest output of its attempts, from the stream's Welcome
 */
export function dispatchFromWire(dispatch: Dispatch__Output, maxOutputBytes: number): Dispatch {
  return {
    ...(dispatch as Dispatch__Output & Ids),
    assignments: dispatch.assignments.map((wire) => assignmentFromWire(wire, maxOutputBytes)),
  };
}

function outcomeToWire(outcome: OwedOutcome): WireOutcome {
  const common: WireOutcome = {
    runId: outcome.runId,
    attemptId: outcome.attemptId,
    startTime: timestampToWire(outcome.startedAt),
    endTime: timestampToWire(outcome.endedAt),
    activeDuration: durationToWire(outcome.activeMs),
    threadLingers: outcome.threadLingers,
    stopLateness: durationToWire(outcome.stopLatenessMs),
    logsFollow: outcome.logsFollow,
    usage: attemptUsageToWire(outcome.usage),
  };
  const { end } = outcome;
  switch (end.type) {
    case "succeeded":
      return { ...common, success: { output: end.output ?? "", outputTypes: end.outputTypes ?? "" } };
    case "failed":
      return { ...common, failure: { error: taskErrorToWire(end.error), ...decisionToWire(end.decision) } };
    case "interrupted":
      return {
        ...common,
        interruption: { code: end.code, message: end.message, suspect: end.isSuspect === true },
      };
  }
}

function decisionToWire(decision: FailureDecision): NonNullable<WireOutcome["failure"]> {
  switch (decision.type) {
    case "retry":
      return { retryAfter: durationToWire(decision.delayMs) };
    case "final":
      return { finalStatus: runStatusToWire[decision.status] };
    case "policy":
      return { policyElse: runStatusToWire[decision.status] };
  }
}

function assignmentFromWire(wire: Assignment__Output, maxOutputBytes: number): Assignment {
  const maxDurationMs = durationFromWire(wire.maxDuration);
  const details: AttemptDetails = {
    runId: wire.runId,
    attemptId: wire.attemptId,
    attemptNumber: wire.attemptNumber,
    interruptionCount: wire.interruptionCount,
    taskId: wire.taskId,
    version: wire.version,
    machine: wire.machine,
    maxDurationMs,
    maxAttempts: wire.maxAttempts,
    queue: wire.queue,
    priority: wire.priority,
    tags: wire.tags,
    idempotencyKey: wire.idempotencyKey,
    createdAt: timestampFromWire(wire.createTime) ?? 0,
    startedAt: timestampFromWire(wire.startTime),
    parentRunId: wire.parentRunId,
    rootRunId: wire.rootRunId,
    depth: wire.depth,
    batchId: wire.batchId,
    isReplay: wire.isReplay,
    isTest: wire.isTest,
    activeMs: durationFromWire(wire.activeDuration) ?? 0,
    retry: wire.retry === null ? undefined : retryFromWire(wire.retry),
    maxOutputBytes,
    payloadLength: payloadLengthOf(wire.payload, wire.payloadTypes),
  };
  return {
    runId: wire.runId as RunId,
    attemptId: wire.attemptId as AttemptId,
    taskId: wire.taskId,
    version: wire.version,
    machine: wire.machine,
    attemptNumber: wire.attemptNumber,
    maxDurationMs,
    maxOutputBytes,
    isSolo: wire.solo,
    body: encodeAttempt(details, wire.payload, wire.payloadTypes),
  };
}

function retryFromWire(wire: RetryPolicy__Output): RetryPolicy {
  const { outOfMemoryMachine } = wire;
  return {
    maxAttempts: wire.maxAttempts,
    factor: wire.factor,
    minTimeoutMs: durationFromWire(wire.minTimeout) ?? 0,
    maxTimeoutMs: durationFromWire(wire.maxTimeout) ?? 0,
    randomize: wire.randomize,
    ...(isMachineName(outOfMemoryMachine) ? { outOfMemoryMachine } : undefined),
  };
}
