import type { RunId } from "@baton/proto/contract/ids";
import type { TaskVersion } from "@baton/proto/contract/task-definition";
import type { LaneKey, SortKey } from "../../core/scheduling/lane.ts";
import type {
  BacklogRead,
  KeyClaim,
  ListCursor,
  RunFilter,
  RunLogs,
  Store,
  StoredLogEntry,
  StorePurpose,
  UnnamedVersion,
} from "../store.ts";
import type { EncodedBatch } from "./encoded-batch.ts";
import type { EncodedRun } from "./run-reader.ts";

/** The settings with which the store's thread starts. */
export interface ThreadStart {
  readonly file: string;
  readonly environmentId: string;
  /** Whether the owner continues when the file is deleted or replaced. */
  readonly outlivesFile: boolean;
  /** Set when the file is opened for a new owner. */
  readonly purpose?: StorePurpose;
  /** Set when the file is opened again for the same owner. */
  readonly epoch?: number;
  /** Device and inode of the file that this owner opened first. */
  readonly database?: string | undefined;
}

/** Requests that change the file. Those that wait together share one transaction, in the order of arrival. */
export interface ThreadWrites {
  commitBatch(batch: EncodedBatch): readonly RunId[];
  registerVersion(version: UnnamedVersion | TaskVersion, day: string): string;
  deleteVersions(versions: readonly string[]): void;
  claimKeys(claims: readonly (KeyClaim & { readonly replaces?: RunId })[], now: number): readonly KeyClaim[];
  appendLogs(logs: readonly RunLogs[]): void;
  deleteExpired(limits: Parameters<Store["deleteExpired"]>[0]): Awaited<ReturnType<Store["deleteExpired"]>>;
  markImport(isUnderWay: boolean): void;
}

/** Requests that only read. A generator lets others run whenever it yields. Runs and versions are JSON texts. */
export interface ThreadReads {
  loadActive(): readonly string[];
  listLanes(): readonly LaneKey[];
  countQueued(): readonly (readonly [LaneKey, number])[];
  readBacklog(reads: readonly BacklogRead[]): readonly (readonly string[])[];
  readDue(after: SortKey | undefined, until: number, limit: number): readonly string[];
  listPendingTasks(): readonly string[];
  readPending(taskId: string, after: SortKey | undefined, limit: number): readonly string[];
  findRuns(ids: readonly RunId[], withTexts: boolean, textLength: number | undefined): readonly EncodedRun[];
  findRunsByPrefix(idPrefix: string, limit: number): readonly string[];
  listRuns(
    filter: RunFilter,
    cursor: { readonly before?: ListCursor; readonly after?: ListCursor },
    limit: number,
  ): readonly string[];
  loadVersions(): readonly string[];
  findNamedVersions(versions: readonly string[]): readonly string[];
  readKeys(after: string | undefined, limit: number): readonly KeyClaim[];
  readLogs(runId: RunId, after: number, limit: number): readonly StoredLogEntry[];
}

/** All requests to the thread, with `open` first and `close` last. */
export interface ThreadCalls extends ThreadWrites, ThreadReads {
  open(): { readonly epoch: number; readonly database: string | undefined };
  close(): void;
}

/** One request to the thread. */
export interface ThreadRequest {
  readonly number: number;
  readonly method: keyof ThreadCalls;
  readonly parameters: readonly unknown[];
}

/** An error as it crosses between threads: plain, because structured clone keeps no classes. */
export interface ThreadError {
  readonly code: string;
  readonly message: string;
}

/**
 * The answer to one request, or one of two messages without a number. "doubt": after this error the content of the file
 * is unknown; the thread ends, and every unanswered request must be sent to a new thread. "replaced": the file was
 * deleted or replaced.
 */
export type ThreadAnswer =
  | { readonly type: "value"; readonly number: number; readonly value: unknown }
  | { readonly type: "error"; readonly number: number; readonly error: ThreadError }
  | { readonly type: "doubt"; readonly error: ThreadError }
  | { readonly type: "replaced"; readonly error: ThreadError };
