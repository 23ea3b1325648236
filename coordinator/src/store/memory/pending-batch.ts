import type { RunId } from "@baton/proto/contract/ids";
import type { Batch, CommitResult, RunWrite } from "../store.ts";
import type { MemoryDisk } from "./memory-disk.ts";

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
