import { StoreLockedError } from "../../errors.ts";
import type { Connection } from "./connection.ts";
import { openDatabase, readEpoch, takeEpoch } from "./database.ts";
import { isStoreFailure, needsReopening } from "./failure.ts";
import { assertUnmoved, type FileIdentity, readIdentity } from "./file-identity.ts";
import { markImport } from "./import-mark.ts";
import { KeyTable } from "./key-table.ts";
import { LogTable } from "./log-table.ts";
import { Retention } from "./retention.ts";
import { listRuns } from "./run-list.ts";
import { RunReader } from "./run-reader.ts";
import { RunWriter } from "./run-writer.ts";
import type { ThreadReads, ThreadStart, ThreadWrites } from "./thread-protocol.ts";
import { VersionTable } from "./version-table.ts";

type Functions<T> = {
  readonly [K in keyof T]: T[K] extends (...parameters: infer P) => unknown ? (...parameters: P) => unknown : never;
};

/** One request to write. */
export interface EngineWrite {
  readonly method: keyof ThreadWrites;
  readonly parameters: readonly unknown[];
}

/** The open file, with all reads and writes of it, synchronously. Lives in the store's thread. */
export class Engine {
  readonly #connection: Connection;
  readonly #file: string;
  readonly #outlivesFile: boolean;
  readonly #identity: FileIdentity;
  readonly #epoch: number;
  readonly #writes: Functions<ThreadWrites>;
  readonly #reads: Functions<ThreadReads>;

  /**
   * Opens the file for a new owner, or again for the owner that `start.epoch` names, if that is still the latest one.
   * @param open - opens the file; tests pass one whose connection fails
   * @throws StoreLockedError, StoreReplacedError, StoreVersionError, StoreUnusableError.
   */
  constructor(start: ThreadStart, open = openDatabase) {
    this.#file = start.file;
    this.#outlivesFile = start.outlivesFile;
    // Opening a name whose file is gone would create a new, empty file.
    if (start.database !== undefined) assertUnmoved(start.file, { database: start.database, log: undefined });
    this.#connection = open(start.file, start.environmentId, start.purpose);
    this.#epoch = start.epoch ?? takeEpoch(this.#connection, start.file);
    this.#identity = readIdentity(start.file);
    if (readEpoch(this.#connection) !== this.#epoch) {
      throw new StoreLockedError(
        `Another coordinator took the store "${start.file}" while it was closed after a failure of its disk. ` +
          "Stop one of the two.",
      );
    }
    this.#writes = this.#prepareWrites();
    this.#reads = this.#prepareReads();
  }

  /** The number of this owner. */
  get epoch(): number {
    return this.#epoch;
  }

  /** Device and inode of the database file. */
  get database(): string | undefined {
    return this.#identity.database;
  }

  /** @throws StoreReplacedError when the store's files were deleted or replaced */
  assertUnmoved(): void {
    if (!this.#outlivesFile) assertUnmoved(this.#file, this.#identity);
  }

  /** Checks only the database file, because every commit waits for the check. */
  #assertDatabaseUnmoved(): void {
    const { database } = this.#identity;
    if (!this.#outlivesFile) assertUnmoved(this.#file, { database, log: undefined });
  }

  /** Performs all writes in one transaction. If it throws, no result was returned to anyone. */
  write(requests: readonly EngineWrite[]): unknown[] {
    this.#connection.exec("BEGIN IMMEDIATE");
    try {
      const values = requests.map(({ method, parameters }) => {
        const write = this.#writes[method] as (...parameters: readonly unknown[]) => unknown;
        return write(...parameters);
      });
      this.#connection.exec("COMMIT");
      this.#assertDatabaseUnmoved();
      return values;
    } catch (error) {
      this.#rollBack();
      throw error;
    }
  }

  /** Answers a read, or starts it: a generator lets other requests run whenever it yields. */
  read(method: keyof ThreadReads, parameters: readonly unknown[]): unknown {
    const read = this.#reads[method] as (...parameters: readonly unknown[]) => unknown;
    return read(...parameters);
  }

  /**
   * Writes the content of the log back, and closes. A full disk may refuse the write; nothing is lost then, because the
   * log is durable. The driver frees a statement when it is collected, and the lock ends with the last statement: at
   * the latest with this thread.
   */
  close(): void {
    try {
      this.#connection.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    } catch (error) {
      if (!isStoreFailure(error)) throw error;
    }
    this.#connection.close();
  }

  /** Rolls back, unless SQLite has. A rollback after an input or output error may fail as well. */
  #rollBack(): void {
    try {
      if (this.#connection.inTransaction) this.#connection.exec("ROLLBACK");
    } catch (error) {
      if (!needsReopening(error)) throw error;
    }
  }

  #prepareWrites(): Functions<ThreadWrites> {
    const runs = new RunWriter(this.#connection);
    const versions = new VersionTable(this.#connection);
    const keys = new KeyTable(this.#connection);
    const logs = new LogTable(this.#connection);
    const retention = new Retention(this.#connection);
    return {
      commitBatch: (batch) => runs.write(batch, this.#epoch),
      registerVersion: (version, day) => versions.register(version, day),
      deleteVersions: (names) => versions.delete(names),
      claimKeys: (claims, now) => keys.claim(claims, now),
      appendLogs: (entries) => logs.append(entries),
      deleteExpired: (limits) => retention.deleteExpired(limits),
      markImport: (isUnderWay) => markImport(this.#connection, isUnderWay),
    };
  }

  #prepareReads(): Functions<ThreadReads> {
    const connection = this.#connection;
    const runs = new RunReader(connection);
    const versions = new VersionTable(connection);
    const keys = new KeyTable(connection);
    const logs = new LogTable(connection);
    return {
      loadActive: () => runs.active(),
      listLanes: () => runs.lanes(),
      countQueued: () => runs.laneLengths(),
      readBacklog: (reads) => reads.map((read) => runs.backlog(read)),
      readDue: (after, until, limit) => runs.due(after, until, limit),
      listPendingTasks: () => runs.pendingTasks(),
      readPending: (taskId, after, limit) => runs.pending(taskId, after, limit),
      findRuns: (ids, withTexts, textLength) => runs.find(ids, withTexts, textLength),
      findRunsByPrefix: (idPrefix, limit) => runs.findByPrefix(idPrefix, limit),
      listRuns: (filter, cursor, limit) => listRuns(connection, filter, cursor, limit),
      loadVersions: () => versions.all(),
      findNamedVersions: (names) => versions.findNamed(names),
      readKeys: (after, limit) => keys.read(after, limit),
      readLogs: (runId, after, limit) => logs.read(runId, after, limit),
    };
  }
}
