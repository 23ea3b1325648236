import type { RunId } from "@baton/proto/contract/ids";
import type { LogLevel } from "@baton/proto/contract/log-level";
import type { RunStatus } from "@baton/proto/contract/run-status";
import type { TaskVersion } from "@baton/proto/contract/task-definition";
import type { Run } from "../core/life/run.ts";
import type { LaneKey, SortKey } from "../core/scheduling/lane.ts";
import type { QueueLength } from "../core/scheduling/queue-lengths.ts";
import type { StoreLostError } from "../errors.ts";

/** Values longer than this many bytes of UTF-8 are stored apart from their run. */
export const inlineValueBytes = 128 * 1024;

/** The texts of a run, which never enter the core: JSON, and beside it the types. Absent ones are empty. */
export interface RunTexts {
  readonly payload?: string;
  readonly payloadTypes?: string;
  readonly output?: string;
  readonly outputTypes?: string;
}

/** The names of a run's texts. */
export const textKinds = ["payload", "payloadTypes", "output", "outputTypes"] as const satisfies (keyof RunTexts)[];
/** The name of one of a run's texts. */
export type TextKind = (typeof textKinds)[number];

/** Returns only the texts of an object that has more members. */
export function textsOf({ output, outputTypes, payload, payloadTypes }: RunTexts): RunTexts {
  return {
    ...(payload !== undefined && { payload }),
    ...(payloadTypes !== undefined && { payloadTypes }),
    ...(output !== undefined && { output }),
    ...(outputTypes !== undefined && { outputTypes }),
  };
}

/**
 * One run as a batch writes it. The payload's texts come only with the insert, the output's only with the write that
 * completes the run.
 */
export interface RunWrite extends RunTexts {
  readonly run: Run;
  /** The stored revision that this write replaces; 0 inserts. */
  readonly replaces: number;
}

/** Runs that are written together. A batch contains a run once. */
export interface Batch {
  /** Counts the batches of one owner from 1; stored with each run, beside the epoch. */
  readonly number: number;
  readonly writes: readonly RunWrite[];
}

/** The result of a batch. Every run that is not named was written. */
export interface CommitResult {
  /** Runs whose stored revision was not the one to replace, and that no earlier try of this batch wrote. */
  readonly conflicts: readonly RunId[];
}

/** A run with its texts. */
export interface StoredRun extends RunTexts {
  readonly run: Run;
}

/** A run as lists show it: without attempts and timeline, and perhaps without the stack and the causes of its error. */
export type ListedRun = Omit<Run, "attempts" | "timeline">;

/** Returns the number of characters of all of a run's texts. */
export function textLengthOf(texts: RunTexts): number {
  return textKinds.reduce((sum, kind) => sum + (texts[kind]?.length ?? 0), 0);
}

/** One page of an ordered set. `end` is where the next page begins; absent on the last page. */
export interface Page {
  readonly runs: readonly Run[];
  readonly end?: SortKey;
}

/** A page of a lane's queued runs, in their order, to be read. */
export interface BacklogRead {
  readonly lane: LaneKey;
  /** Where the page begins; absent: at the head of the lane. */
  readonly after: SortKey | undefined;
  /** The most runs. */
  readonly limit: number;
}

/** Which runs to list. Empty or absent members do not filter. Instants are milliseconds since the epoch. */
export interface RunFilter {
  readonly statuses?: readonly RunStatus[];
  readonly taskIds?: readonly string[];
  readonly versions?: readonly string[];
  /** Runs with any of these tags. */
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

/** A version that the store names. */
export type UnnamedVersion = Omit<TaskVersion, "version"> & { readonly version?: never };

/** The claim of an idempotency key: the run that the key stands for. */
export interface KeyClaim {
  /** Task id and hash of the key, unique in the environment. */
  readonly key: string;
  readonly runId: RunId;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** One line that a task printed. */
export interface StoredLogEntry {
  /** Orders the entries of one run; set by the store. */
  readonly sequence: number;
  readonly at: number;
  readonly level: LogLevel;
  readonly message: string;
  /** JSON text. */
  readonly properties?: string;
  readonly attemptNumber: number;
  readonly attemptId: string;
}

/** Lines of one run that are to be stored. */
export interface RunLogs {
  readonly runId: RunId;
  readonly entries: readonly Omit<StoredLogEntry, "sequence">[];
}

/** What the owner of a store learns when it opens the store. */
export interface OpenedStore {
  /** The number of this owner, larger than any before. */
  readonly epoch: number;
  /** Resolves when another coordinator took the store, or its file was replaced; absent where neither can happen. */
  readonly lost?: Promise<StoreLostError>;
  /** Whether writes of an earlier owner may still be applied. Absent where they end with their owner. */
  readonly hasLateWrites?: boolean;
}

/**
 * What a store is opened for: to serve runs; to be read and left unchanged; or to take in the content of another store,
 * which first removes what an unfinished import left.
 */
export type StorePurpose = "serve" | "export" | "import";

/**
 * Stores runs. Every method rejects with a `StoreError` when the store cannot answer; the request may then have been
 * carried out or not. All keys are within the environment that the store was opened for.
 */
export interface Store {
  /**
   * Takes ownership and prepares the schema. An export creates no new store.
   * @param purpose - default: "serve"
   * @throws StoreLockedError when another coordinator owns it; StoreVersionError; StoreUnusableError; HalfImportedError
   * while an import is not finished, unless it is opened for one.
   */
  open(purpose?: StorePurpose): Promise<OpenedStore>;
  /** Gives up ownership and closes. May be called twice, or before `open`. */
  close(): Promise<void>;

  /**
   * Writes a batch. Each run is written completely or not at all; nothing is promised across runs: after a crash any
   * subset may exist. A run is written if its stored revision is `replaces` (or if it does not exist and `replaces` is
   * 0). A run found with exactly the revision, epoch and batch number of this write was written by an earlier try and
   * counts as written. Payloads and outputs above `inlineValueBytes` are written before the runs that name them.
   */
  commitBatch(batch: Batch): Promise<CommitResult>;

  /** Returns every active run: see `RunIndex.isActive`. */
  loadActive(): Promise<readonly Run[]>;
  /** Returns the lanes that have queued runs. */
  listLanes(): Promise<readonly LaneKey[]>;
  /** Returns the number of queued runs of each queue that has any. */
  countQueued(): Promise<readonly QueueLength[]>;
  /** Returns a page of queued runs for each of these reads, in the order of the reads. */
  readBacklog(reads: readonly BacklogRead[]): Promise<readonly Page[]>;
  /** Returns delayed, reattempting and expiring runs due by `until`, in that order, after `after`, at most `limit`. */
  readDue(after: SortKey | undefined, until: number, limit: number): Promise<Page>;
  /** Returns the tasks that have runs in `pendingVersion`. */
  listPendingTasks(): Promise<readonly string[]>;
  /** Returns runs of one task in `pendingVersion`, by creation then id, after `after`, at most `limit`. */
  readPending(taskId: string, after: SortKey | undefined, limit: number): Promise<Page>;

  /**
   * Returns the runs that exist among `ids`, with their texts if `withTexts`, in any order.
   * @param textLength the read ends with the run whose texts bring the total to this many characters; the caller then
   * asks again for the missing ones. Absent: no limit.
   */
  findRuns(ids: readonly RunId[], withTexts: boolean, textLength?: number): Promise<readonly StoredRun[]>;
  /** Returns runs whose id begins with `idPrefix`, in the order of ids, at most `limit`; reads by the primary key. */
  findRunsByPrefix(idPrefix: string, limit: number): Promise<readonly Run[]>;
  /**
   * Returns runs newest first (creation, then id), at most `limit`. With `before`, only older ones; with `after`, only
   * newer ones, those nearest to `after`, still newest first.
   */
  listRuns(
    filter: RunFilter,
    cursor: { readonly before?: ListCursor; readonly after?: ListCursor },
    limit: number,
  ): Promise<readonly ListedRun[]>;

  /**
   * Stores a version, or finds the one with the same hash. A version with a name, from another store, keeps it. Any
   * other is named by `day` ("YYYYMMDD"), or by the newest stored day if that is later, and the next free number.
   */
  registerVersion(version: UnnamedVersion | TaskVersion, day: string): Promise<TaskVersion>;
  /** Returns every registered version. */
  loadVersions(): Promise<readonly TaskVersion[]>;
  /** Returns the versions that a stored run names. Reads every run, and lets other requests go first. */
  findNamedVersions(versions: readonly string[]): Promise<readonly string[]>;
  /** Deletes versions by their names. */
  deleteVersions(versions: readonly string[]): Promise<void>;

  /**
   * Takes each key that is free, expired at `now`, or held by `replaces` (a claim that the caller found obsolete).
   * Returns the valid claim of each key, in order: the caller's or an earlier one. Atomic for each key.
   */
  claimKeys(claims: readonly (KeyClaim & { readonly replaces?: RunId })[], now: number): Promise<readonly KeyClaim[]>;

  /** Returns claims in the order of keys, after the key `after` (absent: from the first), at most `limit`. */
  readKeys(after: string | undefined, limit: number): Promise<readonly KeyClaim[]>;

  /** Appends log lines; lines of one run keep their order. Lines of a run that does not exist are dropped. */
  appendLogs(logs: readonly RunLogs[]): Promise<void>;
  /** Returns a run's lines in order, after sequence number `after` (0: all). Fewer than `limit` are the last. */
  readLogs(runId: RunId, after: number, limit: number): Promise<readonly StoredLogEntry[]>;

  /**
   * Deletes, at most `limit` of each: final runs that finished before `runsBefore`, with their texts and logs; log
   * lines written before `logsBefore`; keys that have expired at `now`; and large values older than an hour that no run
   * names. A run stays as long as an idempotency key stands for it.
   * @returns the number of deleted documents, and whether more may be left
   */
  deleteExpired(limits: {
    readonly runsBefore: number;
    readonly logsBefore: number;
    readonly now: number;
    readonly limit: number;
  }): Promise<{ readonly deleted: number; readonly more: boolean }>;

  /** Records durably whether an import into this store is under way. While it is, only an import may open the store. */
  markImport(isUnderWay: boolean): Promise<void>;
}
