import { runIndexOf } from "../run-index.ts";
import type { Batch } from "../store.ts";
import { toKeyText } from "./key-text.ts";

/** The content of one cell of an encoded batch. */
export type Cell = string | number | null;

/** The number of cells of one write. */
export const cellsPerWrite = 20;

/**
 * A batch as it is sent to the store's thread: one flat list of texts and numbers, because cloning nested objects costs
 * the main thread several times as much as their JSON text.
 */
export interface EncodedBatch {
  readonly number: number;
  readonly cells: readonly Cell[];
}

/** Encodes a batch. Each write takes `cellsPerWrite` cells. */
export function encodeBatch(batch: Batch): EncodedBatch {
  const cells: Cell[] = [];
  for (const { run, replaces, payload, payloadTypes, output, outputTypes } of batch.writes) {
    const index = runIndexOf(run);
    cells.push(
      replaces,
      run.id,
      run.revision,
      run.createdAt,
      toKeyText(run.taskId),
      run.status,
      index.isActive ? 1 : 0,
      index.lane === undefined ? null : toKeyText(index.lane),
      index.sortTime ?? null,
      index.dueAt ?? null,
      index.pendingTask === undefined ? null : toKeyText(index.pendingTask),
      index.finishedAt ?? null,
      run.batchId ?? null,
      run.parentRunId ?? null,
      JSON.stringify(run),
      payload ?? null,
      output ?? null,
      run.tags.length === 0 ? null : JSON.stringify(run.tags.map(toKeyText)),
      payloadTypes ?? null,
      outputTypes ?? null,
    );
  }
  return { number: batch.number, cells };
}
