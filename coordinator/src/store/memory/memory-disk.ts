import type { RunId } from "@baton/proto/contract/ids";
import type { TaskVersion } from "@baton/proto/contract/task-definition";
import type { LaneKey } from "../../core/scheduling/lane.ts";
import { runIndexOf } from "../run-index.ts";
import {
  type Batch,
  type CommitResult,
  type KeyClaim,
  type RunWrite,
  type StoredLogEntry,
  type StoredRun,
  textsOf,
} from "../store.ts";

/** A run as the disk keeps it, with the epoch and batch of its last write. */
interface StoredDocument extends StoredRun {
  readonly epoch: number;
  readonly batch: number;
}

/** The result of one write. */
export type WriteOutcome = "written" | "conflict";

/**
 * The data of a `MemoryStore`. The disk outlives the store, so that a restart is a new store on the same disk. It
 * checks only revisions: a late write of an earlier owner is applied if the revision that it replaces is still stored.
 */
export class MemoryDisk {
  /** The epoch of the latest owner; 0 before the first. */
  epoch = 0;
  readonly runs = new Map<RunId, StoredDocument>();
  readonly lanes = new Map<LaneKey, Set<RunId>>();
  readonly due = new Set<RunId>();
  readonly pending = new Map<string, Set<RunId>>();
  readonly active = new Set<RunId>();
  readonly versions: TaskVersion[] = [];
  readonly keys = new Map<string, KeyClaim>();
  readonly logs = new Map<RunId, StoredLogEntry[]>();
  /** Orders all log lines of this disk. */
  logSequence = 0;
  /** Whether an import is under way or was abandoned. */
  isHalfImported = false;
  /** Batches that were neither answered nor failed, oldest first. */
  readonly unacknowledged = new Set<PendingBatch>();

  /** Applies a write if it replaces the stored revision, or if the same write was applied before. */
  write(write: RunWrite, epoch: number, batch: number): WriteOutcome {
    const stored = this.runs.get(write.run.id);
    if ((stored?.run.revision ?? 0) !== write.replaces) {
      const isOurs = stored?.run.revision === write.run.revision && stored.epoch === epoch && stored.batch === batch;
      return isOurs ? "written" : "conflict";
    }
    if (stored !== undefined) this.#unfile(stored.run.id);
    this.runs.set(write.run.id, {
      run: write.run,
      epoch,
      batch,
      ...(stored !== undefined && textsOf(stored)),
      ...textsOf(write),
    });
    this.#file(write.run.id);
    return "written";
  }

  /** Removes a run with its texts and logs. */
  remove(id: RunId): void {
    this.#unfile(id);
    this.runs.delete(id);
    this.logs.delete(id);
  }

  /** Removes everything but the mark of an import. */
  clear(): void {
    for (const id of [...this.runs.keys()]) this.remove(id);
    this.versions.length = 0;
    this.keys.clear();
  }

  /**
   * Simulates a crash of the coordinator: a random subset of the writes in each unacknowledged batch reaches the disk.
   * The simulator can still apply a batch that it holds, as a write that arrives late.
   * @param random returns numbers from 0 up to 1, the only source of chance.
   */
  crash(random: () => number): void {
    for (const batch of this.unacknowledged) batch.apply(() => random() < 0.5);
    this.unacknowledged.clear();
  }

  #file(id: RunId): void {
    const stored = this.runs.get(id);
    if (stored === undefined) return;
    const index = runIndexOf(stored.run);
    if (index.lane !== undefined) addTo(this.lanes, index.lane, id);
    if (index.dueAt !== undefined) this.due.add(id);
    if (index.pendingTask !== undefined) addTo(this.pending, index.pendingTask, id);
    if (index.isActive) this.active.add(id);
  }

  #unfile(id: RunId): void {
    const stored = this.runs.get(id);
    if (stored === undefined) return;
    const index = runIndexOf(stored.run);
    if (index.lane !== undefined) removeFrom(this.lanes, index.lane, id);
    if (index.pendingTask !== undefined) removeFrom(this.pending, index.pendingTask, id);
    this.due.delete(id);
    this.active.delete(id);
  }
}

function addTo<K>(sets: Map<K, Set<RunId>>, key: K, id: RunId): void {
  const set = sets.get(key);
  if (set === undefined) sets.set(key, new Set([id]));
  else set.add(id);
}

function removeFrom<K>(sets: Map<K, Set<RunId>>, key: K, id: RunId): void {
  const set = sets.get(key);
  set?.delete(id);
  if (set?.size === 0) sets.delete(key);
}

/**
 * A batch that was sent to the disk. Its holder may apply it, in whole or in part, at any time and any number of times,
 * also after another owner has opened the disk. The holder answers or fails the batch once, or never.
 */
export class PendingBatch {
  readonly epoch: number;
  readonly batch: Batch;
  readonly #disk: MemoryDisk;
  readonly #settle: BatchAnswer;

  constructor(disk: MemoryDisk, epoch: number, batch: Batch, settle: BatchAnswer) {
    this.epoch = epoch;
    this.batch = batch;
    this.#disk = disk;
    this.#settle = settle;
    disk.unacknowledged.add(this);
  }

  /** Applies the writes that `pick` chooses (default: all). Returns the runs in conflict. */
  apply(pick: (write: RunWrite) => boolean = () => true): CommitResult {
    const conflicts: RunId[] = [];
    for (const write of this.batch.writes) {
      if (pick(write) && this.#disk.write(write, this.epoch, this.batch.number) === "conflict") {
        conflicts.push(write.run.id);
      }
    }
    return { conflicts };
  }

  /** Applies the rest of the batch and answers the writer. */
  answer(): void {
    const result = this.apply();
    this.#disk.unacknowledged.delete(this);
    this.#settle.resolve(result);
  }

  /** Answers the writer with an error. What was applied stays applied. */
  fail(error: Error): void {
    this.#disk.unacknowledged.delete(this);
    this.#settle.reject(error);
  }
}

/** The two functions that settle the writer's promise. */
export interface BatchAnswer {
  readonly resolve: (result: CommitResult) => void;
  readonly reject: (error: Error) => void;
}
