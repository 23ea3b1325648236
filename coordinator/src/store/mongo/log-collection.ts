import type { RunLogs, StoredLogEntry } from "../store.ts";
import { isPassing, readBulkInsertFailure } from "./failure.ts";
import type { Permit } from "./permit.ts";
import { findExisting } from "./run-reader.ts";
import type { Collections, LogDocument } from "./schema.ts";
import { fromStored, storedInstant, storedText } from "./stored-value.ts";

type Entry = RunLogs["entries"][number];

/** The most lines in one document. */
const entriesPerDocument = 4_096;
/** The most characters in one document, unless a single line is longer. */
const charactersPerDocument = 512 * 1024;
/** Sequence numbers that are taken from the store at once. Unused ones are lost when the owner ends. */
const numbersAtOnce = 1_000_000;

interface Waiting {
  readonly logs: readonly RunLogs[];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Log lines. The lines of one run in one append share a document. Appends that arrive during a write are written
 * together after it, so that a reader never sees a later line before an earlier one.
 */
export class LogCollection {
  readonly #collections: Collections;
  readonly #permit: Permit;
  readonly #waiting: Waiting[] = [];
  #isWriting = false;
  #next = 0;
  #last = 0;

  constructor(collections: Collections, permit: Permit) {
    this.#collections = collections;
    this.#permit = permit;
  }

  /** Appends lines. Lines of one run keep their order; lines of a run that does not exist are dropped. */
  append(logs: readonly RunLogs[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ logs, resolve, reject });
      if (!this.#isWriting) void this.#writeWaiting();
    });
  }

  /** Returns lines after a sequence number, at most `limit`. */
  async read(runId: string, after: number, limit: number): Promise<readonly StoredLogEntry[]> {
    const from = Math.max(0, after - entriesPerDocument + 1);
    const documents = this.#collections.logs.find(
      { _id: { $gte: idOf(runId, from), $lt: `${runId};` } },
      { sort: { _id: 1 } },
    );
    const found: StoredLogEntry[] = [];
    for await (const { entries, first } of documents) {
      const lines = readEntries(entries).map((entry, place) => ({ ...entry, sequence: first + place }));
      found.push(...lines.filter(({ sequence }) => sequence > after).slice(0, limit - found.length));
      if (found.length >= limit) break;
    }
    return found;
  }

  async #writeWaiting(): Promise<void> {
    this.#isWriting = true;
    while (this.#waiting.length > 0) {
      const together = this.#waiting.splice(0);
      try {
        await this.#write(together.flatMap(({ logs }) => logs));
        for (const { resolve } of together) resolve();
      } catch (error) {
        for (const { reject } of together) reject(error);
      }
    }
    this.#isWriting = false;
  }

  async #write(logs: readonly RunLogs[]): Promise<void> {
    const withLines = logs.filter(({ entries }) => entries.length > 0);
    if (withLines.length === 0) return;
    const existing = await findExisting(
      this.#collections.runs,
      withLines.map(({ runId }) => runId),
    );
    const documents: LogDocument[] = [];
    await this.#permit();
    for (const { entries, runId } of withLines) {
      if (!existing.has(runId)) continue;
      for (const part of partsOf(entries)) documents.push(await this.#toDocument(runId, part));
    }
    if (documents.length === 0) return;
    await this.#permit();
    try {
      await this.#collections.logs.insertMany(documents, { ordered: false, ignoreUndefined: true });
    } catch (error) {
      if (!isPassing(error)) throw error;
      await this.#permit();
      await this.#insertMissing(documents);
    }
  }

  /** Repeats an insert. A number belongs to one line, so a document that exists was written by the first try. */
  async #insertMissing(documents: LogDocument[]): Promise<void> {
    try {
      await this.#collections.logs.insertMany(documents, { ordered: false, ignoreUndefined: true });
    } catch (error) {
      if (readBulkInsertFailure(error) === undefined) throw error;
    }
  }

  async #toDocument(runId: string, entries: readonly Entry[]): Promise<LogDocument> {
    const first = await this.#takeNumbers(entries.length);
    const lastAt = entries.reduce((latest, entry) => Math.max(latest, entry.at), Number.MIN_SAFE_INTEGER);
    return { _id: idOf(runId, first), first, lastAt, entries: storedEntries(entries) };
  }

  /** Takes sequence numbers. They only grow, over all owners, because all take theirs from one document. */
  async #takeNumbers(count: number): Promise<number> {
    if (this.#next + count > this.#last) {
      const taken = await this.#collections.meta.findOneAndUpdate(
        { _id: "logSequence" },
        { $inc: { next: numbersAtOnce } },
        { upsert: true, returnDocument: "after" },
      );
      if (taken === null || !("next" in taken)) throw new Error("The document that counts log lines was not made.");
      this.#last = taken.next;
      this.#next = taken.next - numbersAtOnce + 1;
    }
    const first = this.#next;
    this.#next += count;
    return first;
  }
}

/** Returns the id of a document. A run's documents sort by first line, and no other run's id lies between them. */
function idOf(runId: string, first: number): string {
  return `${runId}:${first.toString(16).padStart(14, "0")}`;
}

/** Returns the range of ids that holds all log lines of a run. */
export function logIdRange(runId: string): { readonly $gte: string; readonly $lt: string } {
  return { $gte: `${runId}:`, $lt: `${runId};` };
}

/** Returns the array of lines for a document. */
export function storedEntries(entries: readonly Entry[]): Exclude<LogDocument["entries"], string> {
  return entries.map(({ at, message, properties, ...entry }) => ({
    at: storedInstant(at),
    ...entry,
    message: storedText(message),
    properties: storedText(properties),
  }));
}

/** Reads the lines of a document. They are JSON text if a Baton with schema 1 wrote them. */
export function readEntries(entries: LogDocument["entries"]): readonly Entry[] {
  return typeof entries === "string" ? JSON.parse(entries) : (fromStored(entries) as readonly unknown[] as Entry[]);
}

function partsOf(entries: readonly Entry[]): Entry[][] {
  const parts: Entry[][] = [];
  let characters = 0;
  for (const entry of entries) {
    const length = entry.message.length + (entry.properties?.length ?? 0);
    const last = parts.at(-1);
    if (last !== undefined && last.length < entriesPerDocument && characters + length <= charactersPerDocument) {
      last.push(entry);
      characters += length;
    } else {
      parts.push([entry]);
      characters = length;
    }
  }
  return parts;
}
