import type { LaneKey, SortKey } from "../../core/scheduling/lane.ts";
import { type BacklogRead, type RunTexts, type TextKind, textLengthOf } from "../store.ts";
import type { Connection, Statement } from "./connection.ts";
import { fromKeyText, toKeyText } from "./key-text.ts";

/** A run as the store's thread sends it: texts, which the main thread parses. */
export interface EncodedRun extends RunTexts {
  readonly document: string;
}

/**
 * Every read of runs except lists. `INDEXED BY` makes SQLite refuse a query that its index does not serve, instead of
 * scanning the table.
 */
export const runQueries = {
  active: "SELECT document FROM runs INDEXED BY runs_active WHERE is_active = 1 ORDER BY created_at, id",
  lanes: distinct("lane", "runs_by_lane"),
  laneLengths: "SELECT lane, count(*) FROM runs INDEXED BY runs_by_lane WHERE lane IS NOT NULL GROUP BY lane",
  backlog:
    "SELECT document FROM runs INDEXED BY runs_by_lane WHERE lane = ? AND (sort_time, id) > (?, ?) " +
    "ORDER BY sort_time, id LIMIT ?",
  due:
    "SELECT document FROM runs INDEXED BY runs_due WHERE (due_at, id) > (?, ?) AND due_at <= ? " +
    "ORDER BY due_at, id LIMIT ?",
  pendingTasks: distinct("pending_task", "runs_pending"),
  pending:
    "SELECT document FROM runs INDEXED BY runs_pending WHERE pending_task = ? AND (created_at, id) > (?, ?) " +
    "ORDER BY created_at, id LIMIT ?",
  run: "SELECT document FROM runs WHERE id = ?",
  runWithTexts: "SELECT document, payload, output FROM runs WHERE id = ?",
  byPrefix: "SELECT document FROM runs WHERE id >= ? AND id < ? ORDER BY id LIMIT ?",
  texts: "SELECT kind, text FROM texts WHERE run_id = ?",
} as const;

/** Greater than every character of an id. */
const end = "\uffff";

/** Reads runs by id and through the indexes of their states. */
export class RunReader {
  readonly #statements: { readonly [query in keyof typeof runQueries]: Statement };

  constructor(connection: Connection) {
    const prepared = Object.entries(runQueries).map(([query, sql]) => [query, connection.prepare(sql)]);
    this.#statements = Object.fromEntries(prepared) as { [query in keyof typeof runQueries]: Statement };
  }

  active(): readonly string[] {
    return documents(this.#statements.active.all([]));
  }

  lanes(): readonly LaneKey[] {
    return this.#statements.lanes.all([]).map(([lane]) => fromKeyText(String(lane)) as LaneKey);
  }

  laneLengths(): readonly (readonly [LaneKey, number])[] {
    const rows = this.#statements.laneLengths.all([]);
    return rows.map(([lane, length]) => [fromKeyText(String(lane)) as LaneKey, Number(length)]);
  }

  backlog({ after, lane, limit }: BacklogRead): readonly string[] {
    return documents(this.#statements.backlog.all([toKeyText(lane), ...place(after), limit]));
  }

  due(after: SortKey | undefined, until: number, limit: number): readonly string[] {
    return documents(this.#statements.due.all([...place(after), until, limit]));
  }

  pendingTasks(): readonly string[] {
    return this.#statements.pendingTasks.all([]).map(([task]) => fromKeyText(String(task)));
  }

  pending(taskId: string, after: SortKey | undefined, limit: number): readonly string[] {
    return documents(this.#statements.pending.all([toKeyText(taskId), ...place(after), limit]));
  }

  find(ids: readonly string[], withTexts: boolean, textLength = Number.POSITIVE_INFINITY): readonly EncodedRun[] {
    const found: EncodedRun[] = [];
    let length = 0;
    for (const id of ids) {
      const row = withTexts ? this.#statements.runWithTexts.get([id]) : this.#statements.run.get([id]);
      if (row === undefined) continue;
      const document = String(row[0]);
      const texts = withTexts ? this.#texts(id, row) : {};
      found.push({ document, ...texts });
      length += textLengthOf(texts);
      if (length >= textLength) break;
    }
    return found;
  }

  findByPrefix(idPrefix: string, limit: number): readonly string[] {
    return documents(this.#statements.byPrefix.all([idPrefix, idPrefix + end, limit]));
  }

  #texts(id: string, [, payload, output]: readonly unknown[]): RunTexts {
    const texts: { -readonly [Kind in TextKind]?: string } = {};
    for (const [kind, text] of this.#statements.texts.all([id])) texts[kind as TextKind] = String(text);
    if (typeof payload === "string") texts.payload = payload;
    if (typeof output === "string") texts.output = output;
    return texts;
  }
}

/** Returns a query that jumps through the index from value to value: its cost grows with values, not rows. */
function distinct(column: string, index: string): string {
  const first = `SELECT ${column} FROM runs INDEXED BY ${index} WHERE ${column} IS NOT NULL ORDER BY ${column} LIMIT 1`;
  const next = `SELECT ${column} FROM runs INDEXED BY ${index} WHERE ${column} > found.value ORDER BY ${column} LIMIT 1`;
  return (
    `WITH RECURSIVE found (value) AS (SELECT (${first}) UNION ALL SELECT (${next}) FROM found ` +
    "WHERE found.value IS NOT NULL) SELECT value FROM found WHERE value IS NOT NULL"
  );
}

function place(after: SortKey | undefined): readonly [number, string] {
  return after === undefined ? [Number.MIN_SAFE_INTEGER, ""] : [after.time, after.id];
}

function documents(rows: readonly unknown[][]): readonly string[] {
  return rows.map(([document]) => String(document));
}
