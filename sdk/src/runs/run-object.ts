// For Baton's own tools, as the entry point `./run-object`: any release may change the functions. The types are stable.

import type { Attempt__Output, AttemptUsage__Output, Run__Output, TaskError__Output } from "@baton/proto";
import { durationFromWire, timestampFromWire } from "../bundled/wire-time.ts";
import { runStatusNameFromWire } from "../contract/run-status.ts";
import { decodeValue, ValueTypesError } from "../values/decode-value.ts";
import { type RunStatus, type StatusHelpers, statusHelpers } from "./run-status.ts";
import { parseProperties } from "./stored-properties.ts";

/** Why a run or an attempt failed. */
export interface RunError {
  readonly message: string;
  /** Name of the error; for errors that the system found, their code. */
  readonly name?: string;
  readonly stackTrace?: string;
  /** The error's `cause`. */
  readonly cause?: RunError;
  /** The errors of an `AggregateError`. */
  readonly errors?: readonly RunError[];
  /** The error's own members that are plain JSON, such as `code` and `status`. */
  readonly properties?: Readonly<Record<string, unknown>>;
}

/** Resources that an attempt used. A member is absent when the runner's Node.js could not measure it. */
export interface RunAttemptUsage {
  /** Processor time of the thread. */
  readonly cpuMs?: number;
  /** Largest observed JavaScript heap of the thread. */
  readonly peakHeapBytes?: number;
  /** Largest observed memory outside the heap, buffers included. */
  readonly peakExternalBytes?: number;
}

/** One attempt of a run. */
export interface RunAttempt {
  readonly id: string;
  /** Counts from 1; an interrupted attempt is followed by another with the same number. */
  readonly number: number;
  readonly status: "PENDING" | "EXECUTING" | "PAUSED" | "COMPLETED" | "FAILED" | "CANCELED" | "INTERRUPTED";
  /** The runner that executes or executed it. */
  readonly runnerId?: string;
  /** Its machine preset. */
  readonly machine?: string;
  readonly startedAt?: Date;
  readonly completedAt?: Date;
  /** Active time in milliseconds. */
  readonly durationMs: number;
  readonly error?: RunError;
  /** Milliseconds from the deadline or the cancellation until the thread was gone; only for an attempt that was stopped. */
  readonly stopLatenessMs?: number;
  readonly usage?: RunAttemptUsage;
}

/** One change of a run's status. */
export interface RunTimelineEntry {
  readonly status: RunStatus;
  readonly at: Date;
  readonly reason: string;
}

/** A run as lists show it. Absent members do not apply. */
export interface RunSummary extends StatusHelpers {
  readonly id: string;
  readonly taskIdentifier: string;
  readonly status: RunStatus;
  /** The version that the first attempt locked. */
  readonly version?: string;
  readonly isTest: boolean;
  readonly isReplay: boolean;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly queuedAt?: Date;
  readonly startedAt?: Date;
  readonly finishedAt?: Date;
  readonly delayedUntil?: Date;
  /** When the next attempt is due, while `REATTEMPTING`. */
  readonly retryAt?: Date;
  readonly expiredAt?: Date;
  /** Seconds. */
  readonly ttl?: number;
  readonly idempotencyKey?: string;
  readonly tags: readonly string[];
  /** Active time of all attempts in milliseconds. */
  readonly durationMs: number;
  readonly costInCents: number;
  readonly baseCostInCents: number;
  readonly depth: number;
  readonly batchId?: string;
  readonly triggerFunction: "trigger" | "batchTrigger";
  readonly queue: string;
  /** Seconds. */
  readonly priority: number;
  readonly machine?: string;
  /** Seconds; absent when the trigger did not set it. */
  readonly maxDuration?: number;
  readonly attemptCount: number;
  readonly interruptionCount: number;
  /** What a queued run waits for, as text. */
  readonly waitingFor?: string;
  /** Why the run failed, or was canceled. */
  readonly error?: RunError;
}

/** Members of every run that was read on its own. */
interface RunDetails<TPayload> extends Omit<RunSummary, "status" | "error" | keyof StatusHelpers> {
  readonly payload?: TPayload;
  readonly attempts: readonly RunAttempt[];
  /** At most 50 entries, oldest first. */
  readonly timeline: readonly RunTimelineEntry[];
  readonly relatedRuns: { readonly root?: { readonly id: string }; readonly parent?: { readonly id: string } };
}

/** Answers of a run that has ended. */
interface FinalAnswers {
  readonly isCompleted: true;
  readonly isQueued: false;
  readonly isExecuting: false;
  readonly isWaiting: false;
}

/** A run that completed. */
export interface CompletedRun<TPayload = unknown, TOutput = unknown> extends RunDetails<TPayload>, FinalAnswers {
  readonly status: "COMPLETED";
  readonly isSuccess: true;
  readonly isFailed: false;
  readonly isCancelled: false;
  readonly isCanceled: false;
  /** Absent when `run` returned nothing. */
  readonly output: TOutput;
  readonly error?: undefined;
}

/** A run that failed, crashed, timed out or expired. */
export interface FailedRun<TPayload = unknown> extends RunDetails<TPayload>, FinalAnswers {
  readonly status: "FAILED" | "CRASHED" | "SYSTEM_FAILURE" | "TIMED_OUT" | "EXPIRED";
  readonly isSuccess: false;
  readonly isFailed: true;
  readonly isCancelled: false;
  readonly isCanceled: false;
  readonly output?: undefined;
  readonly error: RunError;
}

/** A run that was canceled. */
export interface CanceledRun<TPayload = unknown> extends RunDetails<TPayload>, FinalAnswers {
  readonly status: "CANCELED";
  readonly isSuccess: false;
  readonly isFailed: false;
  readonly isCancelled: true;
  readonly isCanceled: true;
  readonly output?: undefined;
  /** An error whose message is the reason. */
  readonly error: RunError;
}

/** A run that has not ended. */
export interface UnfinishedRun<TPayload = unknown> extends RunDetails<TPayload> {
  readonly status: "PENDING_VERSION" | "DELAYED" | "QUEUED" | "DEQUEUED" | "EXECUTING" | "WAITING" | "REATTEMPTING";
  readonly isCompleted: false;
  readonly isQueued: boolean;
  readonly isExecuting: boolean;
  readonly isWaiting: boolean;
  readonly isSuccess: false;
  readonly isFailed: false;
  readonly isCancelled: false;
  readonly isCanceled: false;
  readonly output?: undefined;
  readonly error?: undefined;
}

/** A run that has ended. */
export type FinalRun<TPayload = unknown, TOutput = unknown> =
  | CompletedRun<TPayload, TOutput>
  | FailedRun<TPayload>
  | CanceledRun<TPayload>;

/** A run in full. `status`, `isSuccess` and the other answers tell whether it has an `output` or an `error`. */
export type RetrievedRun<TPayload = unknown, TOutput = unknown> = FinalRun<TPayload, TOutput> | UnfinishedRun<TPayload>;

/**
 * Converts a run of a list to its public form. For Baton's own tools.
 * @param message - A `Run` of `baton.v1`.
 */
export function toRunSummary(message: object): RunSummary {
  const run = message as Run__Output;
  const status = runStatusNameFromWire(run.status);
  const ttlMs = durationFromWire(run.ttl);
  const maxDurationMs = durationFromWire(run.maxDuration);
  const triggerFunction: RunSummary["triggerFunction"] =
    run.triggerFunction === "TRIGGER_FUNCTION_BATCH_TRIGGER" ? "batchTrigger" : "trigger";
  return withoutAbsent({
    id: run.id,
    taskIdentifier: run.taskId,
    status,
    version: nonEmpty(run.version),
    ...statusHelpers(status),
    isTest: run.isTest,
    isReplay: run.isReplay,
    createdAt: new Date(timestampFromWire(run.createTime) ?? 0),
    updatedAt: new Date(timestampFromWire(run.updateTime) ?? 0),
    queuedAt: toDate(run.queueTime),
    startedAt: toDate(run.startTime),
    finishedAt: toDate(run.finishTime),
    delayedUntil: toDate(run.delayedUntilTime),
    retryAt: toDate(run.retryTime),
    expiredAt: status === "EXPIRED" ? toDate(run.finishTime) : undefined,
    ttl: ttlMs === undefined ? undefined : ttlMs / 1000,
    idempotencyKey: nonEmpty(run.idempotencyKey),
    tags: run.tags,
    durationMs: durationFromWire(run.activeDuration) ?? 0,
    costInCents: 0,
    baseCostInCents: 0,
    depth: run.depth,
    batchId: nonEmpty(run.batchId),
    triggerFunction,
    queue: run.queue,
    priority: run.priority,
    machine: nonEmpty(run.machine),
    maxDuration: maxDurationMs === undefined ? undefined : maxDurationMs / 1000,
    attemptCount: run.attemptCount,
    interruptionCount: run.interruptionCount,
    waitingFor: nonEmpty(run.waitingFor),
    error: toRunError(run.error),
  });
}

/**
 * Converts a run that was read on its own to its public form. For Baton's own tools.
 * @param message - A `Run` of `baton.v1`.
 */
export function toRetrievedRun<TPayload = unknown, TOutput = unknown>(
  message: object,
): RetrievedRun<TPayload, TOutput> {
  const run = message as Run__Output;
  const root = nonEmpty(run.rootRunId);
  const parent = nonEmpty(run.parentRunId);
  return withoutAbsent({
    ...toRunSummary(run),
    payload: readValue(run.payload, run.payloadTypes, run.id) as TPayload | undefined,
    output: readValue(run.output, run.outputTypes, run.id) as TOutput | undefined,
    attempts: run.attempts.map(toAttempt),
    timeline: run.timeline.map((entry) => ({
      status: runStatusNameFromWire(entry.status),
      at: new Date(timestampFromWire(entry.time) ?? 0),
      reason: entry.reason,
    })),
    relatedRuns: withoutAbsent({
      root: root === undefined || root === run.id ? undefined : { id: root },
      parent: parent === undefined ? undefined : { id: parent },
    }),
  }) as RetrievedRun<TPayload, TOutput>;
}

function toAttempt(attempt: Attempt__Output): RunAttempt {
  return withoutAbsent({
    id: attempt.id,
    number: attempt.number,
    status: attempt.status.replace("ATTEMPT_STATUS_", "") as RunAttempt["status"],
    runnerId: nonEmpty(attempt.runnerId),
    machine: nonEmpty(attempt.machine),
    startedAt: toDate(attempt.startTime),
    completedAt: toDate(attempt.endTime),
    durationMs: durationFromWire(attempt.activeDuration) ?? 0,
    error: toRunError(attempt.error),
    stopLatenessMs: durationFromWire(attempt.stopLateness),
    usage: toUsage(attempt.usage),
  });
}

function toUsage(usage: AttemptUsage__Output | null): RunAttemptUsage | undefined {
  if (usage === null) return undefined;
  const { peakExternalBytes, peakHeapBytes } = usage;
  return withoutAbsent({ cpuMs: durationFromWire(usage.cpuDuration), peakHeapBytes, peakExternalBytes });
}

function toRunError(error: TaskError__Output | null): RunError | undefined {
  if (error === null) return undefined;
  const isInternal = error.type === "TASK_ERROR_TYPE_INTERNAL";
  return withoutAbsent({
    message: nonEmpty(error.message) ?? nonEmpty(error.raw) ?? error.code,
    name: nonEmpty(isInternal ? error.code : error.name),
    stackTrace: nonEmpty(error.stackTrace),
    cause: toRunError(error.cause),
    errors: error.errors.length === 0 ? undefined : error.errors.flatMap((inner) => toRunError(inner) ?? []),
    properties: parseProperties(error.properties),
  });
}

/** Decodes a value. A client that sent wrong types must not make its run unreadable: then the JSON alone counts. */
function readValue(json: string, types: string, runId: string): unknown {
  try {
    return decodeValue(json, types);
  } catch (error) {
    if (!(error instanceof ValueTypesError)) throw error;
    process.emitWarning(`${error.message} The run ${runId} is read without them.`, { code: error.code });
    return decodeValue(json);
  }
}

function toDate(time: Parameters<typeof timestampFromWire>[0]): Date | undefined {
  const ms = timestampFromWire(time);
  return ms === undefined ? undefined : new Date(ms);
}

function nonEmpty(text: string): string | undefined {
  return text === "" ? undefined : text;
}

/** Turns members that may be undefined into members that may be absent. */
type WithoutAbsent<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

function withoutAbsent<T extends object>(value: T): WithoutAbsent<T> {
  const kept = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(kept) as WithoutAbsent<T>;
}
