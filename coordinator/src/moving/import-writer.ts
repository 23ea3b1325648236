import { setTimeout as sleep } from "node:timers/promises";
import { ImportRefusedError, StoreError } from "../errors.ts";
import {
  type Batch,
  type CommitResult,
  type KeyClaim,
  type RunLogs,
  type RunWrite,
  type Store,
  textsOf,
} from "../store/store.ts";
import type { ExportRecord } from "./export-format.ts";

/** The most records, and bytes of their lines, that are written together, unless one line is longer. */
const limits = { records: 1_000, bytes: 4 * 1024 * 1024 } as const;
/** How often a batch of runs is sent again, and after which pause in milliseconds. */
const repeats = { count: 10, pauseMs: 1_000 } as const;

/** Writes records into a store, many of them together. While one group is written, only the next one is gathered. */
export class ImportWriter {
  readonly #store: Store;
  #gathered: ExportRecord[] = [];
  #gatheredBytes = 0;
  #batches = 0;
  #writing: Promise<void> = Promise.resolve();

  constructor(store: Store) {
    this.#store = store;
  }

  /**
   * Takes a record; waits while too much is unwritten.
   * @param bytes - the length of the record's line
   * @throws ImportRefusedError, StoreError: about this record or an earlier one
   */
  async add(record: ExportRecord, bytes: number): Promise<void> {
    this.#gathered.push(record);
    this.#gatheredBytes += bytes;
    if (this.#gathered.length >= limits.records || this.#gatheredBytes >= limits.bytes) await this.#flush();
  }

  /** Resolves when every record is stored. @throws what `add` throws. */
  async finish(): Promise<void> {
    await this.#flush();
    await this.#writing;
  }

  async #flush(): Promise<void> {
    const records = this.#gathered;
    this.#gathered = [];
    this.#gatheredBytes = 0;
    await this.#writing;
    this.#writing = this.#write(records);
    // The next `add` or `finish` reports a failure; until then nothing handles it.
    this.#writing.catch(() => undefined);
  }

  /** Writes the runs first: log lines of a run that does not exist would be dropped. */
  async #write(records: readonly ExportRecord[]): Promise<void> {
    const writes: RunWrite[] = [];
    const logs: RunLogs[] = [];
    const claims: KeyClaim[] = [];
    for (const record of records) {
      if (record.kind === "version")
        await this.#store.registerVersion(record.version, record.version.version.slice(0, 8));
      else if (record.kind === "run") writes.push(toWrite(record));
      else if (record.kind === "logs") logs.push({ runId: record.runId, entries: record.entries });
      else claims.push({ key: record.key, runId: record.runId, expiresAt: record.expiresAt });
    }
    if (writes.length > 0) await this.#commit({ number: ++this.#batches, writes });
    if (logs.length > 0) await this.#store.appendLogs(logs);
    if (claims.length > 0) await this.#store.claimKeys(claims, Number.MIN_SAFE_INTEGER);
  }

  async #commit(batch: Batch): Promise<void> {
    const { conflicts } = await this.#commitUntilAnswered(batch);
    // A batch may hold a run only once: the store would take the second write for a repeat of the first.
    const seen = new Set<string>();
    const repeated = batch.writes.find(({ run }) => seen.size === seen.add(run.id).size);
    const first = conflicts[0] ?? repeated?.run.id;
    if (first === undefined) return;
    throw new ImportRefusedError(
      "IMPORT_LINE_INVALID",
      `Expected every run once, but the run "${first}" comes again, or something else writes into the store. ` +
        'Import what "baton export" has written.',
    );
  }

  /** Sends a batch again, unchanged, when it was not answered: what an earlier try wrote counts as written. */
  async #commitUntilAnswered(batch: Batch): Promise<CommitResult> {
    for (let failures = 0; ; failures += 1) {
      try {
        return await this.#store.commitBatch(batch);
      } catch (error) {
        if (!(error instanceof StoreError) || failures >= repeats.count) throw error;
        await sleep(repeats.pauseMs);
      }
    }
  }
}

function toWrite(record: ExportRecord & { readonly kind: "run" }): RunWrite {
  return { run: record.run, replaces: 0, ...textsOf(record) };
}
