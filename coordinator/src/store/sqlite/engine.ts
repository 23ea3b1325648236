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

/** One write that is asked of the engine. */
export interface EngineWrite {
  readonly method: keyof ThreadWrites;
  readonly parameters: readonly unknown[];
}

/** The open file and everything that is done with it, synchronously. Lives in the store's thread. */
export class Engine {
  readonly #start: ThreadStart;
  readonly #open: typeof openDatabase;
  #connection: Connection;
  #epoch: number;
  #writes: Functions<ThreadWrites>;
  #reads: Functions<ThreadReads>;

  /**
   * @param open - how the file is opened; tests give one whose connection fails
   * @throws StoreLockedError, StoreVersionError, StoreUnusableError.
   */
  constructor(start: ThreadStart, open = openDatabase) {
    this.#start = start;
    this.#open = open;
    this.#connection = open(start.file, start.environmentId);
    this.#epoch = takeEpoch(this.#connection);
    this.#writes = this.#prepareWrites();
    this.#reads = this.#prepareReads();
  }

  /** This ownership's number. */
  get epoch(): number {
    return this.#epoch;
  }

  /** Does all of it in one transaction, or throws and has done nothing that anyone was told. */
  write(requests: readonly EngineWrite[]): unknown[] {
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

  /** Begins or answers a read. */
  read(method: keyof ThreadReads, parameters: readonly unknown[]): Reading {
    const read = this.#reads[method] as (...parameters: readonly unknown[]) => Reading;
    return read(...parameters);
  }

  /** Writes back what the log holds and gives the lock up. */
  close(): void {
    this.#connection.close();
  }

  /** SQLite rolls back by itself after some failures, and a rollback after an input or output error may fail as well. */
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
