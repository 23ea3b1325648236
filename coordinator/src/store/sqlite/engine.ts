import { StoreError } from "../../errors.ts";
import { type Connection, openDatabase, readEpoch, takeEpoch } from "./database.ts";
import { needsReopening } from "./failure.ts";
import { KeyTable } from "./key-table.ts";
import { LogTable } from "./log-table.ts";
import { Retention } from "./retention.ts";
import { listRuns } from "./run-list.ts";
import { RunReader } from "./run-reader.ts";
import { RunWriter } from "./run-writer.ts";
import type { ThreadReads, ThreadStart, ThreadWrites } from "./thread-protocol.ts";
import { VersionTable } from "./version-table.ts";

/** A read: its answer, or a generator that gives way to other requests whenever it yields. */
export type Reading = unknown | Generator<undefined, unknown>;

type Functions<T> = {
  readonly [K in keyof T]: T[K] extends (...parameters: infer P) => unknown ? (...parameters: P) => unknown : never;
};

/** The open file and everything that is done with it, synchronously. Lives in the store's thread. */
export class Engine {
  readonly #start: ThreadStart;
  #connection: Connection;
  #epoch: number;
  #writes: Functions<ThreadWrites>;
  #reads: Functions<ThreadReads>;
  #isLost = false;

  /** @throws StoreLockedError, StoreVersionError, StoreUnusableError. */
  constructor(start: ThreadStart) {
    this.#start = start;
    this.#connection = openDatabase(start.file, start.environmentId);
    this.#epoch = takeEpoch(this.#connection);
    this.#writes = this.#prepareWrites();
    this.#reads = this.#prepareReads();
  }

  /** This ownership's number. */
  get epoch(): number {
    return this.#epoch;
  }

  /**
   * Does all of it in one transaction, or throws and has done nothing. After an input or output error nobody knows what
   * the file holds: it is opened anew and the writes are done once more, which finds those that were written before.
   */
  write(
    requests: readonly { readonly method: keyof ThreadWrites; readonly parameters: readonly unknown[] }[],
  ): unknown[] {
    try {
      return this.#transact(requests);
    } catch (error) {
      if (!needsReopening(error)) throw error;
      this.#reopen();
      return this.#transact(requests);
    }
  }

  /** Begins or answers a read. */
  read(method: keyof ThreadReads, parameters: readonly unknown[]): Reading {
    this.#assertOwned();
    const read = this.#reads[method] as (...parameters: readonly unknown[]) => Reading;
    return read(...parameters);
  }

  /** Writes back what the log holds and gives the lock up. */
  close(): void {
    this.#connection.close();
  }

  #transact(
    requests: readonly { readonly method: keyof ThreadWrites; readonly parameters: readonly unknown[] }[],
  ): unknown[] {
    this.#assertOwned();
    this.#connection.exec("BEGIN IMMEDIATE");
    try {
      const values = requests.map(({ method, parameters }) => {
        const write = this.#writes[method] as (...parameters: readonly unknown[]) => unknown;
        return write(...parameters);
      });
      this.#connection.exec("COMMIT");
      return values;
    } catch (error) {
      this.#rollBack();
      throw error;
    }
  }

  /** SQLite rolls back by itself after some failures, and a rollback after an input or output error may fail as well. */
  #rollBack(): void {
    try {
      if (this.#connection.inTransaction) this.#connection.exec("ROLLBACK");
    } catch (error) {
      if (!needsReopening(error)) throw error;
    }
  }

  /** While the file was closed another coordinator may have taken it; then this one must not write again. */
  #reopen(): void {
    this.#isLost = true;
    this.#connection.close();
    this.#connection = openDatabase(this.#start.file, this.#start.environmentId);
    if (readEpoch(this.#connection) !== this.#epoch) {
      this.#connection.close();
      this.#assertOwned();
    }
    this.#writes = this.#prepareWrites();
    this.#reads = this.#prepareReads();
    this.#isLost = false;
  }

  #assertOwned(): void {
    if (!this.#isLost) return;
    throw new StoreError(
      `The store "${this.#start.file}" was lost after a failure of its disk, or taken by another coordinator. ` +
        "Start this coordinator again.",
    );
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
      claimKeys: (claims, now) => keys.claim(claims, now),
      appendLogs: (entries) => logs.append(entries),
      deleteExpired: (limits) => retention.deleteExpired(limits),
    };
  }

  #prepareReads(): Functions<ThreadReads> {
    const connection = this.#connection;
    const runs = new RunReader(connection);
    const versions = new VersionTable(connection);
    const logs = new LogTable(connection);
    return {
      loadActive: () => runs.active(),
      listLanes: () => runs.lanes(),
      readBacklog: (lane, after, limit) => runs.backlog(lane, after, limit),
      readDue: (after, until, limit) => runs.due(after, until, limit),
      listPendingTasks: () => runs.pendingTasks(),
      readPending: (taskId, after, limit) => runs.pending(taskId, after, limit),
      findRuns: (ids, withTexts) => runs.find(ids, withTexts),
      listRuns: (filter, cursor, limit) => listRuns(connection, filter, cursor, limit),
      loadVersions: () => versions.all(),
      readLogs: (runId, after, limit) => logs.read(runId, after, limit),
    };
  }
}
