import type { AttemptId, RunId, RunnerId } from "@baton/proto/contract/ids";
import type { MachineName } from "@baton/proto/contract/machine";
import type { RetryPolicy } from "@baton/proto/contract/retry";
import type { RunStatus } from "@baton/proto/contract/run-status";
import type { TaskError } from "@baton/proto/contract/task-error";
import type { AttemptRecord, CurrentAttempt } from "./attempt.ts";

/** Returns whether a run still needs work, whatever its status: a thread not reported gone, or descendants to cancel. */
export function isUnfinished(run: Run): boolean {
  return run.lingering !== undefined || run.descendantsToCancel === true;
}

/** One change of status, as `runs get` shows it. `at` is in milliseconds since the epoch. */
export interface TimelineEntry {
  readonly status: RunStatus;
  readonly at: number;
  readonly reason?: string;
}

/**
 * One run, without its payload and output, which never enter the core. Instants are milliseconds since the epoch.
 * Values are never changed in place: a step makes a new object. New runs have every member, absent ones as undefined, so
 * that all of them have one shape and copying them is cheap.
 */
export interface Run {
  readonly id: RunId;
  readonly taskId: string;
  readonly status: RunStatus;
  /** Counts the changes of this run from 1. A write names the revision that it replaces. */
  readonly revision: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** First entry into `queued`. */
  readonly queuedAt?: number | undefined;
  /** The first attempt's start. */
  readonly startedAt?: number | undefined;
  readonly finishedAt?: number | undefined;
  readonly delayedUntil?: number | undefined;
  /** When a `delayed` or `reattempting` run is due, and when a `queued` one with a ttl expires; absent otherwise. */
  readonly dueAt?: number | undefined;
  readonly queue: string;
  readonly concurrencyKey?: string | undefined;
  readonly priorityMs: number;
  /** Creation, due time or retry time: what the place in the queue counts from. */
  readonly queueTime: number;
  /** Set by the trigger, or moved by an out-of-memory retry. */
  readonly machine?: MachineName | undefined;
  /** The task version, locked when the first attempt starts. */
  readonly version?: string | undefined;
  /** Locked with the version. */
  readonly retry?: RetryPolicy | undefined;
  /** Set by the trigger; 0 means no limit for this run. */
  readonly maxDurationMs?: number | undefined;
  /** Set by the trigger; at least 1. */
  readonly maxAttempts?: number | undefined;
  readonly ttlMs?: number | undefined;
  readonly tags: readonly string[];
  /** The user's text, not its hash. */
  readonly idempotencyKey?: string | undefined;
  readonly parentRunId?: RunId | undefined;
  readonly rootRunId?: RunId | undefined;
  readonly depth: number;
  readonly batchId?: string | undefined;
  readonly triggerFunction: "trigger" | "batchTrigger";
  readonly isReplay: boolean;
  readonly isTest: boolean;
  /** The number of the latest ended attempt that counts; 0 before the first ended. */
  readonly attemptNumber: number;
  /** Executions that were interrupted for a reason that is not the run's. */
  readonly interruptions: number;
  /** Interruptions other than drains, which have a limit. */
  readonly chargedInterruptions: number;
  /** Aborts of its hosts that no report explained, while it was in flight. */
  readonly suspicions?: number | undefined;
  /** Failed deliveries of the current assignment's predecessors. */
  readonly deliveries: number;
  /** Present while `dequeued`, `executing` or `waiting`. */
  readonly current?: CurrentAttempt | undefined;
  /** Ended attempts, oldest first. */
  readonly attempts: readonly AttemptRecord[];
  /** A final run whose thread is not reported gone still holds its slot. */
  readonly lingering?: { readonly runnerId: RunnerId; readonly attemptId: AttemptId } | undefined;
  /** Canceled by a caller after it had started: what it triggered may still have to be canceled. */
  readonly descendantsToCancel?: boolean | undefined;
  /** Active time over all ended attempts, in milliseconds. */
  readonly activeMs: number;
  readonly error?: TaskError | undefined;
  readonly hasOutput: boolean;
  readonly timeline: readonly TimelineEntry[];
}

/** Unexplained aborts that a run may be in flight at before it is taken aside: from then on it runs alone in a host. */
export const maxSuspicions = 2;

/** Returns whether this run is executed alone, because it may have caused the aborts of its hosts. */
export function isSolo(run: Run): boolean {
  return (run.suspicions ?? 0) >= maxSuspicions;
}
