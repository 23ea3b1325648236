import {
  type AttachResponse,
  type AttemptOutcome__Output,
  durationFromWire,
  durationToWire,
  type Failure__Output,
  type Hello__Output,
  type Report__Output,
  type Success__Output,
  timestampFromWire,
  timestampToWire,
  type Assignment as WireAssignment,
  type Dispatch as WireDispatch,
} from "@baton/proto";
import type { AttemptId, RunId, RunnerId } from "@baton/proto/contract/ids";
import { latestInstantMs, longestRetryDelayMs } from "@baton/proto/contract/limits";
import type { FailureDecision, HandBackReason, OutputTexts } from "@baton/proto/contract/outcome";
import { handBackReasonFromWire, heldStateFromWire } from "@baton/proto/contract/outcome";
import { mayUseRunnerId } from "@baton/proto/runner-id";
import { retryPolicyToWire } from "@baton/proto/wire/task-definition";
import type { HeldAttempt, OutcomeWithoutTexts } from "../../core/event.ts";
import { isSolo } from "../../core/life/run.ts";
import { InvalidRequestError, shortened } from "../../errors.ts";
import type {
  Assignment,
  Dispatch,
  ReportedOutcome,
  RunnerHello,
  RunnerReport,
  Welcome,
} from "../../runners/runner-link.ts";
import { exceedBytes, isJson } from "../requests/json-text.ts";
import { checkLength } from "../requests/text-limits.ts";
import { errorTextFromWire, taskErrorFromWire } from "./convert-error.ts";
import { attemptUsageFromWire } from "./convert-usage.ts";
import { failureStatusFromWire } from "./wire-names.ts";

/** The most entries of each kind in one report, held attempts of a runner, and versions that it has. */
export const maxRunnerItems = 10_000;
/** The most worker threads, vCPU and gigabytes that a runner may announce. */
export const maxCapacity = 1_000_000;

const idForm = /^[\w.:/-]+$/;

/** Converts the first answer of a runner's stream. */
export function welcomeToWire(welcome: Welcome, maxOutputBytes: number): AttachResponse {
  return {
    welcome: {
      heartbeatInterval: durationToWire(welcome.heartbeatIntervalMs),
      stopAttemptIds: welcome.stopAttemptIds.slice(),
      maxOutputBytes,
    },
  };
}

/** Converts one turn's messages to a runner. */
export function dispatchToWire(dispatch: Dispatch): AttachResponse {
  const wire: WireDispatch = {
    sequence: dispatch.sequence,
    assignments: dispatch.assignments.map(assignmentToWire),
    cancels: dispatch.cancels.slice(),
    settledAttemptIds: dispatch.settledAttemptIds.slice(),
    stopAttemptIds: dispatch.stopAttemptIds.slice(),
  };
  return { dispatch: wire };
}

/** Converts an attempt to execute. */
export function assignmentToWire(assignment: Assignment): WireAssignment {
  const { attempt, maxDurationMs, payload, payloadTypes, run, task } = assignment;
  return {
    runId: run.id,
    attemptId: attempt.id,
    attemptNumber: attempt.number,
    interruptionCount: run.interruptions,
    taskId: run.taskId,
    version: attempt.version,
    machine: attempt.machine,
    maxDuration: durationToWire(maxDurationMs),
    maxAttempts: run.maxAttempts ?? (run.retry ?? task.retry).maxAttempts,
    payload: payload ?? "",
    payloadTypes: payloadTypes ?? "",
    solo: isSolo(run),
    queue: run.queue,
    priority: run.priorityMs / 1000,
    tags: run.tags as string[],
    idempotencyKey: run.idempotencyKey ?? "",
    createTime: timestampToWire(run.createdAt),
    startTime: timestampToWire(run.startedAt),
    parentRunId: run.parentRunId ?? "",
    rootRunId: run.rootRunId ?? "",
    depth: run.depth,
    batchId: run.batchId ?? "",
    isReplay: run.isReplay,
    isTest: run.isTest,
    activeDuration: durationToWire(run.activeMs),
    retry: run.retry === undefined ? null : retryPolicyToWire(run.retry),
  };
}

/** Reads the first message of a runner. @throws InvalidRequestError */
export function helloFromWire(hello: Hello__Output): RunnerHello {
  const { capacity } = hello;
  if (!hello.runnerId.startsWith("runner_")) throw broken("hello.runner_id", 'A runner\'s id starts with "runner_".');
  if (hello.session < 1) throw broken("hello.session", "Sessions count from 1.");
  if (capacity === null || capacity.concurrency < 1) {
    throw broken("hello.capacity", "A runner needs its capacity, with at least one worker thread.");
  }
  for (const name of ["concurrency", "cpu", "memoryGb"] as const) {
    if (isBetween(capacity[name], 0, maxCapacity)) continue;
    throw broken("hello.capacity", `${name} is ${capacity[name]}; expected a number from 0 to ${maxCapacity}.`);
  }
  checkLength(hello.hostname, "hello.hostname");
  checkLength(hello.key, "hello.key");
  if (!mayUseRunnerId(hello.runnerId, hello.key)) {
    throw broken("hello.key", "The id belongs to a runner process with another key.");
  }
  checkCount(hello.held.length, "hello.held");
  return {
    runnerId: idFromWire(hello.runnerId, "hello.runner_id") as RunnerId,
    session: hello.session,
    capacity: {
      concurrency: capacity.concurrency,
      cpu: capacity.cpu,
      memoryGb: capacity.memoryGb,
      overcommit: capacity.overcommit,
    },
    versions: versionsFromWire(hello.versions, "hello.versions"),
    held: hello.held.map(heldFromWire),
    hostname: hello.hostname,
    draining: hello.draining,
    ...(hello.key !== "" && { key: hello.key }),
  };
}

/** Reads the names of the versions that a runner has. @throws InvalidRequestError */
export function versionsFromWire(versions: readonly string[], field: string): readonly string[] {
  checkCount(versions.length, field);
  for (const version of versions) checkLength(version, field);
  return versions;
}

/**
 * Reads what happened on a runner in one turn.
 * @param maxOutputBytes a larger output turns its attempt's success into a failure
 * @throws InvalidRequestError
 */
export function reportFromWire(report: Report__Output, maxOutputBytes: number): RunnerReport {
  for (const name of ["started", "outcomes", "handedBack", "goneAttemptIds"] as const) {
    checkCount(report[name].length, `report.${name}`);
  }
  return {
    receivedSequence: report.receivedSequence,
    started: report.started.map((started) => ({
      runId: idFromWire(started.runId, "report.started.run_id") as RunId,
      attemptId: idFromWire(started.attemptId, "report.started.attempt_id") as AttemptId,
      startedAt: instantFromWire(started.startTime, "report.started.start_time"),
    })),
    outcomes: report.outcomes.map((outcome) => outcomeFromWire(outcome, maxOutputBytes)),
    handedBack: report.handedBack.map((back) => ({
      runId: idFromWire(back.runId, "report.handed_back.run_id") as RunId,
      attemptId: idFromWire(back.attemptId, "report.handed_back.attempt_id") as AttemptId,
      reason: reasonFromWire(back.reason),
    })),
    goneAttemptIds: report.goneAttemptIds.map((id) => idFromWire(id, "report.gone_attempt_ids") as AttemptId),
    prefetch: Math.min(report.prefetch, maxRunnerItems),
  };
}

function outcomeFromWire(wire: AttemptOutcome__Output, maxOutputBytes: number): ReportedOutcome {
  const stopLatenessMs = spanFromWire(wire.stopLateness, "report.outcomes.stop_lateness");
  const end = endFromWire(wire, maxOutputBytes);
  const outcome: OutcomeWithoutTexts = {
    runId: idFromWire(wire.runId, "report.outcomes.run_id") as RunId,
    attemptId: idFromWire(wire.attemptId, "report.outcomes.attempt_id") as AttemptId,
    startedAt: instantFromWire(wire.startTime, "report.outcomes.start_time"),
    endedAt: instantFromWire(wire.endTime, "report.outcomes.end_time"),
    activeMs: spanFromWire(wire.activeDuration, "report.outcomes.active_duration") ?? 0,
    threadLingers: wire.threadLingers,
    ...(stopLatenessMs !== undefined && { stopLatenessMs }),
    ...(wire.usage !== null && { usage: attemptUsageFromWire(wire.usage) }),
    end,
  };
  const { logsFollow, success } = wire;
  const hasOutput = success != null && end.type === "succeeded" && end.hasOutput;
  return hasOutput ? { outcome, texts: outputTextsOf(success), logsFollow } : { outcome, logsFollow };
}

function outputTextsOf({ output, outputTypes }: Success__Output): OutputTexts {
  return outputTypes === "" ? { output } : { output, outputTypes };
}

function endFromWire(wire: AttemptOutcome__Output, maxOutputBytes: number): OutcomeWithoutTexts["end"] {
  if (wire.success) {
    const { output, outputTypes } = wire.success;
    if (output === "") return { type: "succeeded", hasOutput: false };
    if (exceedBytes([output, outputTypes], maxOutputBytes)) return outputTooLarge(output + outputTypes, maxOutputBytes);
    if (!isJson(output)) return outputRefused("The output is not JSON text.");
    return { type: "succeeded", hasOutput: true };
  }
  if (wire.failure) return failureFromWire(wire.failure);
  if (wire.interruption) {
    const { code, message, suspect } = wire.interruption;
    return {
      type: "interrupted",
      code: errorTextFromWire(code),
      message: errorTextFromWire(message),
      isSuspect: suspect,
    };
  }
  throw broken("report.outcomes.end", "An outcome needs a success, a failure or an interruption.");
}

/** Fails the attempt. If the stream ended instead, the runner would send the same outcome forever. */
function outputTooLarge(output: string, limit: number): OutcomeWithoutTexts["end"] {
  return outputRefused(`The output has ${Buffer.byteLength(output)} bytes; at most ${limit} are allowed.`);
}

function outputRefused(message: string): OutcomeWithoutTexts["end"] {
  return {
    type: "failed",
    error: { type: "internal", code: "TASK_OUTPUT_ERROR", message },
    decision: { type: "final", status: "failed" },
  };
}

function failureFromWire(failure: Failure__Output): OutcomeWithoutTexts["end"] {
  if (failure.error === null) throw broken("report.outcomes.failure.error", "A failure needs its error.");
  return { type: "failed", error: taskErrorFromWire(failure.error), decision: decisionFromWire(failure) };
}

function decisionFromWire(failure: Failure__Output): FailureDecision {
  switch (failure.decision) {
    case "retryAfter":
      return { type: "retry", delayMs: retryDelayFromWire(failure.retryAfter) };
    case "finalStatus":
      return { type: "final", status: finalStatus(failure.finalStatus) };
    case "policyElse":
      return { type: "policy", status: finalStatus(failure.policyElse) };
    default:
      throw broken("report.outcomes.failure.decision", "A failure needs a decision.");
  }
}

function retryDelayFromWire(wire: Failure__Output["retryAfter"]): number {
  const delayMs = durationFromWire(wire) ?? 0;
  if (delayMs <= longestRetryDelayMs) return Math.max(0, Math.round(delayMs));
  throw broken("report.outcomes.failure.retry_after", "A retry is due within a hundred years.");
}

function finalStatus(name: string | undefined): Extract<FailureDecision, { type: "final" }>["status"] {
  const status = failureStatusFromWire.get(name ?? "");
  if (status !== undefined) return status;
  throw broken(
    "report.outcomes.failure.decision",
    `A failed attempt cannot end its run with "${shortened(name ?? "")}".`,
  );
}

function heldFromWire(held: Hello__Output["held"][number]): HeldAttempt {
  const state = heldStateFromWire.get(held.state);
  if (state === undefined) throw broken("hello.held.state", "A held attempt needs its state.");
  return {
    runId: idFromWire(held.runId, "hello.held.run_id") as RunId,
    attemptId: idFromWire(held.attemptId, "hello.held.attempt_id") as AttemptId,
    state,
  };
}

function reasonFromWire(name: string): HandBackReason {
  const reason = handBackReasonFromWire.get(name);
  if (reason === undefined) throw broken("report.handed_back.reason", "A handed-back assignment needs its reason.");
  return reason;
}

function idFromWire(id: string, field: string): string {
  if (id === "") throw broken(field, "An id is missing.");
  checkLength(id, field);
  if (!idForm.test(id)) throw broken(field, `"${shortened(id)}" is no id: letters, digits and _ . : / - are allowed.`);
  return id;
}

function checkCount(count: number, field: string): void {
  if (count <= maxRunnerItems) return;
  const message = `${count} entries are given; at most ${maxRunnerItems} are allowed in one message.`;
  throw new InvalidRequestError("TOO_MANY_ITEMS", field, message);
}

function isBetween(value: number, least: number, most: number): boolean {
  return value >= least && value <= most;
}

function spanFromWire(wire: AttemptOutcome__Output["activeDuration"], field: string): number | undefined {
  const ms = durationFromWire(wire);
  if (ms === undefined || isBetween(ms, 0, latestInstantMs)) return ms;
  throw broken(field, `A span of ${ms} ms is negative or too long.`);
}

function instantFromWire(wire: AttemptOutcome__Output["startTime"], field: string): number {
  const at = timestampFromWire(wire);
  if (at === undefined) throw broken(field, "An instant is missing.");
  if (!isBetween(at, 0, latestInstantMs))
    throw broken(field, `An instant of ${at} ms since 1970 is negative or too late.`);
  return at;
}

function broken(field: string, message: string): InvalidRequestError {
  return new InvalidRequestError("PROTOCOL_BROKEN", field, message);
}
