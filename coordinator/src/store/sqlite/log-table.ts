import type { RunLogs, StoredLogEntry } from "../store.ts";
import type { Connection, Statement } from "./connection.ts";

type Entry = RunLogs["entries"][number];

/**
 * The room that sequence numbers leave for the lines of one row. A line's number is the row's number times this, plus
 * the line's place in the row. So numbers grow over the whole file, and appending needs no read.
 */
const entriesPerRow = 4_096;

/** Log lines. The lines of one run in one append share a row. */
export class LogTable {
  readonly #append: Statement;
  readonly #read: Statement;

  constructor(connection: Connection) {
    this.#append = connection.prepare(
      "INSERT INTO logs (run_id, last_at, entries) SELECT ?1, ?2, ?3 WHERE EXISTS (SELECT 1 FROM runs WHERE id = ?1)",
    );
    this.#read = connection.prepare(
      "SELECT number, entries FROM logs INDEXED BY logs_by_run WHERE run_id = ? AND number >= ? ORDER BY number LIMIT 1",
    );
  }

  /** Appends lines; within the caller's transaction. */
  append(logs: readonly RunLogs[]): void {
    for (const { runId, entries } of logs) {
      for (let from = 0; from < entries.length; from += entriesPerRow) {
        const part = entries.slice(from, from + entriesPerRow);
        const lastAt = part.reduce((latest, entry) => Math.max(latest, entry.at), Number.MIN_SAFE_INTEGER);
        this.#append.run([runId, lastAt, JSON.stringify(part)]);
      }
    }
  }

  /** Returns lines after a sequence number, at most `limit`. */
  read(runId: string, after: number, limit: number): readonly StoredLogEntry[] {
    const found: StoredLogEntry[] = [];
    let number = Math.floor(after / entriesPerRow);
    while (found.length < limit) {
      const row = this.#read.get([runId, number]);
      if (row === undefined) break;
      number = Number(row[0]);
      const entries = JSON.parse(String(row[1])) as readonly Entry[];
      const stored = entries.map((entry, place) => ({ ...entry, sequence: number * entriesPerRow + place }));
      found.push(...stored.filter(({ sequence }) => sequence > after).slice(0, limit - found.length));
      number += 1;
    }
    return found;
  }
}
