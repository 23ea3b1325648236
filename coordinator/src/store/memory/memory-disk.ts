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

/** A run as the disk keeps it, with the writer that wrote it last. */
interface StoredDocument extends StoredRun {
  readonly epoch: number;
  readonly batch: number;
}

/** What became of one write on the disk. */
export type WriteOutcome = "written" | "conflict";

/**
 * What a `MemoryStore` keeps. It outlives the store, so that a restart is a new store on the same disk, and it checks
 * nothing but revisions: a late write of an earlier owner is applied when the revision that it replaces is still there.
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
  /** Is an import under way, or was one given up? */
  isHalfImported = false;
  /** Batches that were neither answered nor failed yet, oldest first. */
  readonly unacknowledged = new Set<PendingBatch>();

  /** Applies one write if the stored revision is the one that it replaces, or finds it applied already. */
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
   * The coordinator dies now: of each unacknowledged batch a random subset of its writes reaches the disk. A batch that
   * the simulator still holds can be applied later all the same, as a write that was on its way.
   * @param random numbers from 0 up to 1, the only source of chance.
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
 * A batch on its way to the disk. Whoever holds it may apply it, in whole or in part, at any time and as often as he
 * likes, also after another owner has opened the disk; and answers or fails it once, or never.
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

  /** Applies the writes that `pick` chooses (all by default) and says which runs were in the way. */
  apply(pick: (write: RunWrite) => boolean = () => true): CommitResult {
    const conflicts: RunId[] = [];
    for (const write of this.batch.writes) {
      if (pick(write) && this.#disk.write(write, this.epoch, this.batch.number) === "conflict") {
        conflicts.push(write.run.id);
      }
    }
    return { conflicts };
  }

  /** Applies what is not applied yet and answers the writer. */
  answer(): void {
    const result = this.apply();
    this.#disk.unacknowledged.delete(this);
    this.#settle.resolve(result);
  }

  /** Answers the writer with an error; what was applied stays applied. */
  fail(error: Error): void {
    this.#disk.unacknowledged.delete(this);
    this.#settle.reject(error);
  }
}

/** The two ends of the writer's promise. */
export interface BatchAnswer {
  readonly resolve: (result: CommitResult) => void;
  readonly reject: (error: Error) => void;
}
