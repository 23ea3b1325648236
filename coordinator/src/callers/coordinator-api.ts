import type { AttemptId, RunId } from "@baton/proto/contract/ids";
import type { MachineName } from "@baton/proto/contract/machine";
import type { RunStatus } from "@baton/proto/contract/run-status";
import type { TaskDefinition } from "@baton/proto/contract/task-definition";
import type { Run } from "../core/life/run.ts";
import type { CoordinatorError } from "../errors.ts";
import type { RunnerHello, RunnerLink, RunnerSession } from "../runners/runner-link.ts";
import type { ListCursor, RunFilter, RunLogs, RunTexts, StoredLogEntry } from "../store/store.ts";

/** A trigger whose every field was checked. */
export interface TriggerCommand {
  readonly runId: RunId;
  readonly taskId: string;
  /** JSON text; absent: no payload. */
  readonly payload?: string;
  /** What the payload's JSON cannot say; absent: nothing. */
  readonly payloadTypes?: string;
  /** Milliseconds since the epoch; in the past means now. */
  readonly delayUntil?: number;
  readonly idempotencyKey?: string;
  readonly idempotencyKeyTtlMs: number;
  readonly tags: readonly string[];
  readonly priorityMs: number;
  readonly machine?: MachineName;
  /** 0 means no limit for this run. */
  readonly maxDurationMs?: number;
  readonly maxAttempts?: number;
  readonly requireRegistered: boolean;
  readonly isTest: boolean;
  readonly isReplay: boolean;
  readonly parent?: { readonly runId: RunId; readonly attemptId: AttemptId };
  readonly batchId?: string;
  readonly triggerFunction: "trigger" | "batchTrigger";
}

/** What became of one trigger. */
export type TriggerOutcome =
  | {
      readonly ok: true;
      readonly runId: RunId;
      readonly taskId: string;
      readonly isCached: boolean;
      readonly status: RunStatus;
    }
  | { readonly ok: false; readonly error: CoordinatorError };

/** A run as callers see it. */
export interface RunView extends RunTexts {
  readonly run: Run;
  /** One line for a queued run. */
  readonly waitingFor?: string;
}

/**
 * Gets the latest state of watched runs; `undefined` means that no run has the id. Returns whether it took that: else the run
 * is read for it again when its pace allows.
 */
export type WatchSink = (runId: RunId, view: RunView | undefined) => boolean;

/** Resolves when a watcher has room for what is read next, with what ends that read. */
export type WatchPace = () => Promise<() => void>;

/** One watcher's set of runs. */
export interface RunWatch {
  /** The sink gets the state now, unless it is `seenRevision`, and then the latest state after each change. */
  add(runId: RunId, seenRevision: number): void;
  remove(runId: RunId): void;
  close(): void;
}

/** A task that is registered. */
export interface RegisteredTask {
  readonly definition: TaskDefinition;
  readonly version: string;
  readonly registeredAt: number;
  /** Runners connected now that have the task. */
  readonly runnerCount: number;
}

/** What a coordinator does for callers, runners and watchers. */
export interface CoordinatorApi {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Creates runs; resolves when all are durable or refused, in order. Rejects with StoreError, OverloadedError. */
  trigger(commands: readonly TriggerCommand[]): Promise<readonly TriggerOutcome[]>;
  /** The same for a batch: rejects with RunIdTakenError, and makes nothing, when an id belongs to another run already. */
  triggerBatch(commands: readonly TriggerCommand[]): Promise<readonly TriggerOutcome[]>;
  isRegistered(taskId: string): boolean;
  knownTaskIds(): readonly string[];
  findRun(runId: RunId): Promise<RunView | undefined>;
  /** Stored runs whose id begins with `idPrefix`, in the order of their ids, at most `limit`. */
  findRunsByPrefix(idPrefix: string, limit: number): Promise<readonly Run[]>;
  /** The run without its texts. */
  findRunState(runId: RunId): Promise<Run | undefined>;
  listRuns(
    filter: RunFilter,
    cursor: { readonly before?: ListCursor; readonly after?: ListCursor },
    limit: number,
  ): Promise<readonly Run[]>;
  /** Resolves with the status that won, when it is durable; undefined: no such run. */
  cancel(runId: RunId, reason: string): Promise<RunStatus | undefined>;
  /** @param pace absent: everything is read at once */
  watch(sink: WatchSink, pace?: WatchPace): RunWatch;
  registerVersion(hash: string, tasks: readonly TaskDefinition[]): Promise<string>;
  listTasks(): readonly RegisteredTask[];
  attach(hello: RunnerHello, link: RunnerLink): RunnerSession;
  appendLogs(logs: readonly RunLogs[], endedAttemptIds: readonly AttemptId[]): Promise<void>;
  readLogs(runId: RunId, after: number, limit: number): Promise<readonly StoredLogEntry[]>;
  /** May lines of the run still come, although it is final? For a second at most. */
  hasLogsComing(runId: RunId): boolean;
  /** Calls back when a run has new log lines or became final; returns what stops it. */
  onLogs(runId: RunId, callback: () => void): () => void;
  /** Calls back with the log lines of all runs, once they are stored; returns what stops it. */
  onLogsStored(callback: (logs: readonly RunLogs[]) => void): () => void;
  /**
   * Calls back with every run whose new state is durable, after the lines that its attempt has printed until then, unless
   * those take longer than a second; returns what stops it.
   */
  onRunChanged(callback: (run: Run) => void): () => void;
}
