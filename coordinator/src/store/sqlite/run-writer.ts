import type { RunId } from "@baton/proto/contract/ids";
import type { Connection, Statement } from "./connection.ts";
import { type Cell, cellsPerWrite, type EncodedBatch } from "./encoded-batch.ts";

/**
 * The longest text, in UTF-16 units, that stays in the run's row. A longer one has a row of its own, which an update of
 * the run does not rewrite.
 */
const rowTextLength = 512;

/** Writes batches of runs. The caller opens and commits the transaction. */
export class RunWriter {
  readonly #insert: Statement;
  readonly #update: Statement;
  readonly #updateWithOutput: Statement;
  readonly #writer: Statement;
  readonly #text: Statement;
  readonly #tag: Statement;

  constructor(connection: Connection) {
    this.#insert = connection.prepare(
      "INSERT INTO runs (id, revision, created_at, task_id, status, is_active, lane, sort_time, due_at, pending_task, " +
        "finished_at, batch_id, parent_run_id, document, epoch, batch, payload, output) " +
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
    );
    const changed =
      "revision = ?, status = ?, is_active = ?, lane = ?, sort_time = ?, due_at = ?, pending_task = ?, " +
      "finished_at = ?, document = ?, epoch = ?, batch = ?";
    this.#update = connection.prepare(`UPDATE runs SET ${changed} WHERE id = ? AND revision = ?`);
    this.#updateWithOutput = connection.prepare(`UPDATE runs SET ${changed}, output = ? WHERE id = ? AND revision = ?`);
    this.#writer = connection.prepare("SELECT revision, epoch, batch FROM runs WHERE id = ?");
    this.#text = connection.prepare("INSERT OR REPLACE INTO texts (run_id, kind, text) VALUES (?, ?, ?)");
    this.#tag = connection.prepare("INSERT OR IGNORE INTO run_tags (tag, created_at, id) VALUES (?, ?, ?)");
  }

  /** Writes what it can, and returns the runs in conflict. */
  write({ number, cells }: EncodedBatch, epoch: number): readonly RunId[] {
    const conflicts: RunId[] = [];
    for (let at = 0; at < cells.length; at += cellsPerWrite) {
      const write = cells.slice(at, at + cellsPerWrite);
      const [replaces, id, revision] = write;
      const changes = replaces === 0 ? this.#insertRun(write, epoch, number) : this.#updateRun(write, epoch, number);
      if (changes === 0 && !this.#isOurs(id, revision, epoch, number)) conflicts.push(id as RunId);
    }
    return conflicts;
  }

  #insertRun(write: readonly Cell[], epoch: number, batch: number): number {
    const [, id, , createdAt] = write;
    const [payload = null, output = null, tags = null, payloadTypes = null, outputTypes = null] = write.slice(15);
    const row = [...write.slice(1, 15), epoch, batch, rowText(payload), rowText(output)];
    const { changes } = this.#insert.run(row);
    if (changes > 0) {
      if (isApart(payload)) this.#text.run([id, "payload", payload]);
      if (payloadTypes !== null) this.#text.run([id, "payloadTypes", payloadTypes]);
      if (isApart(output)) this.#text.run([id, "output", output]);
      if (outputTypes !== null) this.#text.run([id, "outputTypes", outputTypes]);
      this.#fileTags(tags, createdAt, id);
    }
    return changes;
  }

  #updateRun(write: readonly Cell[], epoch: number, batch: number): number {
    const [replaces, id, revision, createdAt] = write;
    const [output = null, tags = null, , outputTypes = null] = write.slice(16);
    const changed = [revision, ...write.slice(5, 12), write[14], epoch, batch];
    const { changes } =
      output === null
        ? this.#update.run([...changed, id, replaces])
        : this.#updateWithOutput.run([...changed, rowText(output), id, replaces]);
    if (changes > 0) {
      if (isApart(output)) this.#text.run([id, "output", output]);
      if (outputTypes !== null) this.#text.run([id, "outputTypes", outputTypes]);
      this.#fileTags(tags, createdAt, id);
    }
    return changes;
  }

  #fileTags(tags: Cell, createdAt: Cell | undefined, id: Cell | undefined): void {
    if (typeof tags !== "string") return;
    for (const tag of JSON.parse(tags) as string[]) this.#tag.run([tag, createdAt, id]);
  }

  #isOurs(id: Cell | undefined, revision: Cell | undefined, epoch: number, batch: number): boolean {
    const stored = this.#writer.get([id]);
    return stored !== undefined && stored[0] === revision && stored[1] === epoch && stored[2] === batch;
  }
}

function isApart(text: Cell): boolean {
  return typeof text === "string" && text.length > rowTextLength;
}

function rowText(text: Cell): Cell {
  return isApart(text) ? null : text;
}
