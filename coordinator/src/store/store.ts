import type { RunId } from "@baton/proto/contract/ids";
import type { LogLevel } from "@baton/proto/contract/log-level";
import type { RunStatus } from "@baton/proto/contract/run-status";
import type { TaskVersion } from "@baton/proto/contract/task-definition";
import type { Run } from "../core/life/run.ts";
import type { LaneKey, SortKey } from "../core/scheduling/lane.ts";
import type { QueueLength } from "../core/scheduling/queue-lengths.ts";
import type { StoreLostError } from "../errors.ts";

/** Values longer than this many bytes of UTF-8 live apart from their run. */
export const inlineValueBytes = 128 * 1024;

/** The texts of a run, which never enter the core: JSON, and beside it what JSON cannot say. Absent ones are empty. */
export interface RunTexts {
  readonly payload?: string;
  readonly payloadTypes?: string;
  readonly output?: string;
  readonly outputTypes?: string;
}

/** The names of a run's texts. */
export const textKinds = ["payload", "payloadTypes", "output", "outputTypes"] as const satisfies (keyof RunTexts)[];
/** One of them. */
export type TextKind = (typeof textKinds)[number];

/** The texts alone of something that has them. */
export function textsOf({ output, outputTypes, payload, payloadTypes }: RunTexts): RunTexts {
  return {
    ...(payload !== undefined && { payload }),
    ...(payloadTypes !== undefined && { payloadTypes }),
    ...(output !== undefined && { output }),
    ...(outputTypes !== undefined && { outputTypes }),
  };
}

/**
 * One run as a batch writes it. The payload's texts are given with the insert only, the output's with the write that
 * completes the run.
 */
export interface RunWrite extends RunTexts {
  readonly run: Run;
  /** The stored revision that this write replaces; 0 inserts. */
  readonly replaces: number;
}

/** Runs that are written together. A run is in a batch once. */
export interface Batch {
  /** Counts the batches of one ownership from 1; stored with each run, beside the epoch. */
  readonly number: number;
  readonly writes: readonly RunWrite[];
}

/** What became of a batch. Every run that is not named was written. */
export interface CommitResult {
  /** Runs whose stored revision was not the one to be replaced, and which this batch had not written before either. */
  readonly conflicts: readonly RunId[];
}

/** A run with its texts. */
export interface StoredRun extends RunTexts {
  readonly run: Run;
}

/** A run as lists show it: without attempts and timeline, and perhaps without the stack and the causes of its error. */
export type ListedRun = Omit<Run, "attempts" | "timeline">;

/** Characters of a run's texts together. */
export function textLengthOf(texts: RunTexts): number {
  return textKinds.reduce((sum, kind) => sum + (texts[kind]?.length ?? 0), 0);
}

/** One page of an ordered set. `end` is where to read on; absent: this was the last page. */
export interface Page {
  readonly runs: readonly Run[];
  readonly end?: SortKey;
}

/** Which runs to list. Empty or absent members do not filter. Instants are milliseconds since the epoch. */
export interface RunFilter {
  readonly statuses?: readonly RunStatus[];
  readonly taskIds?: readonly string[];
  readonly versions?: readonly string[];
  /** Runs with any of them. */
  readonly tags?: readonly string[];
  readonly queues?: readonly string[];
  readonly machines?: readonly string[];
  readonly batchId?: string;
  readonly parentRunId?: RunId;
  readonly isTest?: boolean;
  readonly createdFrom?: number;
  readonly createdTo?: number;
}

/** A place in the list of runs, newest first. */
export interface ListCursor {
  readonly createdAt: number;
  readonly id: RunId;
}

/** A version that the store is to name. */
export type UnnamedVersion = Omit<TaskVersion, "version"> & { readonly version?: never };

/** What one idempotency key stands for. */
export interface KeyClaim {
  /** Task id and hash of the key, unique in the environment. */
  readonly key: string;
  readonly runId: RunId;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** One line that a task printed. */
export interface StoredLogEntry {
  /** Orders the entries of one run; made by the store. */
  readonly sequence: number;
  readonly at: number;
  readonly level: LogLevel;
  readonly message: string;
  /** JSON text. */
  readonly properties?: string;
  readonly attemptNumber: number;
  readonly attemptId: string;
}

/** Lines of one run, to be stored. */
export interface RunLogs {
  readonly runId: RunId;
  readonly entries: readonly Omit<StoredLogEntry, "sequence">[];
}

/** An ownership that was taken. */
export interface OpenedStore {
  /** This ownership's number, larger than any before. */
  readonly epoch: number;
  /** Resolves when another coordinator took the store, or its file was replaced; absent where neither can happen. */
  readonly lost?: Promise<StoreLostError>;
  /** May what an earlier owner sent be applied from now on? Absent where its writes end with it. */
  readonly hasLateWrites?: boolean;
}

/**
 * What a store is opened for: to serve runs; to be read and left as it is; or to take in what another store held, which
 * removes what an unfinished import has left in it.
 */
export type StorePurpose = "serve" | "export" | "import";

/**
 * Where runs live. Every method rejects with a `StoreError` when the store cannot answer; what was asked may then have
 * happened or not. All keys are within the environment that the store was opened for.
 */
export interface Store {
  /**
   * Takes ownership and makes the schema ready. An export makes no new store.
   * @param purpose - default: "serve"
   * @throws StoreLockedError when another coordinator owns it; StoreVersionError; StoreUnusableError; HalfImportedError
   * while an import is not finished, unless it is opened for one.
   */
  open(purpose?: StorePurpose): Promise<OpenedStore>;
  /** Gives ownership up and closes. May be called twice, or before `open`. */
  close(): Promise<void>;

  /**
   * Writes a batch. For each run it is all or nothing, and across runs nothing is promised: after a crash any subset may
   * exist. A run is written when its stored revision is `replaces` (or it does not exist and `replaces` is 0). A run
   * found at exactly the revision, epoch and batch number being written was written by an earlier try and counts as
   * written. Payloads and outputs above `inlineValueBytes` are written before the runs that name them.
   */
  commitBatch(batch: Batch): Promise<CommitResult>;

  /** Every run that is dequeued, executing or waiting, and every final one of which something is left to do. */
  loadActive(): Promise<readonly Run[]>;
  /** The lanes that have queued runs. */
  listLanes(): Promise<readonly LaneKey[]>;
  /** How many queued runs each queue has; queues without one are left out. */
  countQueued(): Promise<readonly QueueLength[]>;
  /** The queued runs of a lane in order, after `after` (from the head when absent), at most `limit`. */
  readBacklog(lane: LaneKey, after: SortKey | undefined, limit: number): Promise<Page>;
  /** Delayed, reattempting and expiring queued runs by due time then id, after `after`, due at or before `until`, at most `limit`. */
  readDue(after: SortKey | undefined, until: number, limit: number): Promise<Page>;
  /** The tasks that have runs in `pendingVersion`. */
  listPendingTasks(): Promise<readonly string[]>;
  /** Runs of one task in `pendingVersion`, by creation then id, after `after`, at most `limit`. */
  readPending(taskId: string, after: SortKey | undefined, limit: number): Promise<Page>;

  /**
   * The runs that exist among `ids`, with their texts when `withTexts`. The order is not promised.
   * @param textLength the read ends with the run whose texts bring all that were read to this many characters; the caller asks
   * again for those that are missing then. Absent: no end.
   */
  findRuns(ids: readonly RunId[], withTexts: boolean, textLength?: number): Promise<readonly StoredRun[]>;
  /** Runs whose id begins with `idPrefix`, in the order of their ids, at most `limit`; read by the primary key. */
  findRunsByPrefix(idPrefix: string, limit: number): Promise<readonly Run[]>;
  /**
   * Runs newest first (creation, then id). With `before` only older ones than it; with `after` only newer ones than it,
   * the ones nearest to it, still newest first. At most `limit`.
   */
  listRuns(
    filter: RunFilter,
    cursor: { readonly before?: ListCursor; readonly after?: ListCursor },
    limit: number,
  ): Promise<readonly ListedRun[]>;

  /**
   * Stores a version, or finds the one with the same hash. One that has a name, from another store, keeps it. Every other
   * is named by `day` ("YYYYMMDD"), or by the newest stored day when that is later, and the next free number.
   */
  registerVersion(version: UnnamedVersion | TaskVersion, day: string): Promise<TaskVersion>;
  /** Every registered version. */
  loadVersions(): Promise<readonly TaskVersion[]>;
  /** Which of these versions a stored run names. Looks at every run, and lets other requests go first meanwhile. */
  findNamedVersions(versions: readonly string[]): Promise<readonly string[]>;
  /** Deletes versions by their names. */
  deleteVersions(versions: readonly string[]): Promise<void>;

  /**
   * Takes each key that is free, expired at `now`, or held by `replaces` (the claim that the caller found obsolete).
   * Answers with the claim that stands, the caller's or an earlier one, in order. Atomic for each key.
   */
  claimKeys(claims: readonly (KeyClaim & { readonly replaces?: RunId })[], now: number): Promise<readonly KeyClaim[]>;

  /** Claims in the order of their keys, after the key `after` (from the first when absent), at most `limit`. */
  readKeys(after: string | undefined, limit: number): Promise<readonly KeyClaim[]>;

  /** Appends log lines; lines of one run keep their order. Those of a run that does not exist are dropped. */
  appendLogs(logs: readonly RunLogs[]): Promise<void>;
  /** Lines of a run in order, after the sequence number `after` (0: from the start), at most `limit`; fewer: these were the last. */
  readLogs(runId: RunId, after: number, limit: number): Promise<readonly StoredLogEntry[]>;

  /**
   * Deletes, at most `limit` of each: final runs that finished before `runsBefore` with their texts and logs, log lines
   * written before `logsBefore`, keys that have expired at `now`, and large values that no run names and that are older
   * than an hour. A run stays as long as an idempotency key stands for it.
   * @returns how many documents went; less than `limit` of every kind when nothing is left to delete.
   */
  deleteExpired(limits: {
    readonly runsBefore: number;
    readonly logsBefore: number;
    readonly now: number;
    readonly limit: number;
  }): Promise<{ readonly deleted: number; readonly more: boolean }>;

  /** Notes durably whether an import into this store is under way. While it is, nobody but an import may open it. */
  markImport(isUnderWay: boolean): Promise<void>;
}
