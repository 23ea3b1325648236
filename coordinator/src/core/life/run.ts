import type { AttemptId, RunId, RunnerId } from "@baton/proto/contract/ids";
import type { MachineName } from "@baton/proto/contract/machine";
import type { RetryPolicy } from "@baton/proto/contract/retry";
import type { RunStatus } from "@baton/proto/contract/run-status";
import type { TaskError } from "@baton/proto/contract/task-error";
import type { AttemptRecord, CurrentAttempt } from "./attempt.ts";

/** Returns whether a run in any status still needs work: its thread is not gone, or it has descendants to cancel. */
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
 * One run without its payload and output, which never enter the core. Instants are milliseconds since the epoch. A run
 * is never changed in place: a step makes a new object. New runs have every member, absent ones as undefined, so that
 * all of them have one shape and copying them is cheap.
 */
export interface Run {
  readonly id: RunId;
  readonly taskId: string;
  readonly status: RunStatus;
  /** Counts the changes of this run from 1. A write names the revision that it replaces. */
  readonly revision: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** When the run first entered `queued`. */
  readonly queuedAt?: number | undefined;
  /** When the first attempt started. */
  readonly startedAt?: number | undefined;
  readonly finishedAt?: number | undefined;
  readonly delayedUntil?: number | undefined;
  /** When a `delayed` or `reattempting` run is due, and when a `queued` one with a ttl expires; absent otherwise. */
  readonly dueAt?: number | undefined;
  readonly queue: string;
  readonly concurrencyKey?: string | undefined;
  readonly priorityMs: number;
  /** Creation, due time or retry time, from which the place in the queue is computed. */
  readonly queueTime: number;
  /** Set by the trigger, or changed by an out-of-memory retry. */
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
  /** The number of the latest ended attempt that was charged; 0 before the first one. */
  readonly attemptNumber: number;
  /** Attempts that were interrupted for a reason that is not the run's. */
  readonly interruptions: number;
  /** Interruptions other than drains. They have a limit. */
  readonly chargedInterruptions: number;
  /** Unexplained aborts of hosts in which this run was in flight. */
  readonly suspicions?: number | undefined;
  /** Failed deliveries in a row. */
  readonly deliveries: number;
  /** Present while `dequeued`, `executing` or `waiting`. */
  readonly current?: CurrentAttempt | undefined;
  /** Ended attempts, oldest first. */
  readonly attempts: readonly AttemptRecord[];
  /** Set while the thread of an ended attempt is not reported gone. The run holds its slot until then. */
  readonly lingering?: { readonly runnerId: RunnerId; readonly attemptId: AttemptId } | undefined;
  /** Set when a caller canceled the run after it had started: its descendants may still have to be canceled. */
  readonly descendantsToCancel?: boolean | undefined;
  /** Active time of all ended attempts, in milliseconds. */
  readonly activeMs: number;
  readonly error?: TaskError | undefined;
  readonly hasOutput: boolean;
  readonly timeline: readonly TimelineEntry[];
}

/** Unexplained aborts after which a run is executed alone in a host. */
export const maxSuspicions = 2;

/** Returns whether this run is executed alone, because it may have caused the aborts of its hosts. */
export function isSolo(run: Run): boolean {
  return (run.suspicions ?? 0) >= maxSuspicions;
}
