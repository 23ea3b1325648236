import { systemClock } from "@baton/proto/clock";
import type { RunId } from "@baton/proto/contract/ids";
import type { TaskVersion } from "@baton/proto/contract/task-definition";
import pLimit from "p-limit";
import type { Run } from "../../core/life/run.ts";
import type { LaneKey, SortKey } from "../../core/scheduling/lane.ts";
import type { QueueLength } from "../../core/scheduling/queue-lengths.ts";
import { StoreError, type StoreLockedError } from "../../errors.ts";
import { sumByQueue } from "../lane-lengths.ts";
import { pageOf, placeByCreation, placeByDueTime, placeInLane } from "../page.ts";
import type {
  BacklogRead,
  Batch,
  CommitResult,
  KeyClaim,
  ListedRun,
  OpenedStore,
  Page,
  Store,
  StoredLogEntry,
  StoredRun,
  StorePurpose,
  UnnamedVersion,
} from "../store.ts";
import { isPassing, redactAddress, requestFailure } from "./failure.ts";
import { markImport, settleImport } from "./import-mark.ts";
import { claimKeys, readKeys } from "./key-collection.ts";
import { LogCollection } from "./log-collection.ts";
import { moveDocuments } from "./move-documents.ts";
import { openingFailure } from "./opening-failure.ts";
import { OwnerLease } from "./owner-lease.ts";
import { makeHolder, ownershipLeaseMs, takeOwnership } from "./ownership.ts";
import { withPatience } from "./patience.ts";
import type { Permit } from "./permit.ts";
import { deleteExpired } from "./retention.ts";
import { runQueries } from "./run-queries.ts";
import { countByLane, findRuns, listValues, readListedRuns, readRuns } from "./run-reader.ts";
import { writeBatch } from "./run-writer.ts";
import { type Collections, checkSchema, collectionsOf, prepareSchema } from "./schema.ts";

import { deleteVersions, loadVersions, registerVersion } from "./version-collection.ts";

/** Settings of a `MongoStore`. */
export interface MongoStoreOptions {
  /** `mongodb://` or `mongodb+srv://`, the hosts, and the database (`baton` when none is named). */
  readonly address: string;
  /** The environment whose collections are used. */
  readonly environmentId: string;
  /** Called with the holder's name when the wait for that holder begins; absent: a live holder is an error. */
  readonly onHeld?: (holder: string) => void;
  /**
   * How long a silent owner stays the owner, in milliseconds. Must be the same for every coordinator on the store.
   * @defaultValue 10_000
   */
  readonly leaseMs?: number;
}

/** The parts of an open store. */
interface Opened {
  readonly collections: Collections;
  readonly logs: LogCollection;
  readonly lease: OwnerLease;
  readonly epoch: number;
  readonly closeClient: () => Promise<void>;
}

/**
 * How long a try of a batch may take before the batch is sent again, in milliseconds. Commands that the driver still
 * holds by then do no harm: every write names the revision that it replaces.
 */
const batchPatienceMs = 5_000;
/** How long a close waits for unanswered requests, in milliseconds. */
const closingPatienceMs = 5_000;
/**
 * The most concurrent lists. A list whose filter has no index may read every run; many of them together would take
 * every connection, and batches and renewals would wait behind them.
 */
const listsAtOnce = 8;

/** Keeps runs in MongoDB. Opens once: `new` → `open()` → `close()`. */
export class MongoStore implements Store {
  readonly #options: MongoStoreOptions;
  readonly #place: string;
  readonly #closing = new AbortController();
  readonly #pending = new Set<Promise<unknown>>();
  readonly #inTurn = pLimit(listsAtOnce);
  #opening: Promise<OpenedStore> | undefined;
  #opened: Opened | undefined;
  #closed: Promise<void> | undefined;

  constructor(options: MongoStoreOptions) {
    this.#options = options;
    this.#place = `"${redactAddress(options.address)}"`;
  }

  async open(purpose: StorePurpose = "serve"): Promise<OpenedStore> {
    if (this.#opening !== undefined || this.#closed !== undefined) {
      throw new StoreError("The store was opened before. Make a new one to open it again.");
    }
    this.#opening = this.#open(purpose);
    return await this.#opening;
  }

  async close(): Promise<void> {
    this.#closed ??= this.#close();
    await this.#closed;
  }

  async commitBatch(batch: Batch): Promise<CommitResult> {
    const opened = this.#assertOpen();
    const message = `The store ${this.#place} did not answer within ${batchPatienceMs / 1_000} s.`;
    let isAnswered = false;
    // A try that has timed out stops before its next command; the next try starts from the beginning.
    const permit = async () => {
      if (isAnswered) throw new StoreError(message);
      await opened.lease.assertHeld();
    };
    try {
      const written = this.#track(() => writeBatch(opened.collections, batch, opened.epoch, permit));
      return { conflicts: await withPatience(systemClock, batchPatienceMs, message, written) };
    } catch (error) {
      throw requestFailure(error, this.#place);
    } finally {
      isAnswered = true;
    }
  }

  async loadActive(): Promise<readonly Run[]> {
    return await this.#askTwice(({ collections }) => readRuns(collections.runs, runQueries.active()));
  }

  async listLanes(): Promise<readonly LaneKey[]> {
    return (await this.#askTwice(({ collections }) => listValues(collections.runs, "lane"))) as LaneKey[];
  }

  async countQueued(): Promise<readonly QueueLength[]> {
    return sumByQueue(await this.#askTwice(({ collections }) => countByLane(collections.runs)));
  }

  async readBacklog(reads: readonly BacklogRead[]): Promise<readonly Page[]> {
    const pages = reads.map(async ({ after, lane, limit }) =>
      pageOf(await this.#readRuns(runQueries.backlog(lane, after), limit + 1), limit, placeInLane),
    );
    return await Promise.all(pages);
  }

  async readDue(after: SortKey | undefined, until: number, limit: number): Promise<Page> {
    const query = runQueries.due(after, until);
    return pageOf(await this.#readRuns(query, limit + 1), limit, placeByDueTime);
  }

  async listPendingTasks(): Promise<readonly string[]> {
    return await this.#askTwice(({ collections }) => listValues(collections.runs, "pendingTask"));
  }

  async readPending(taskId: string, after: SortKey | undefined, limit: number): Promise<Page> {
    const query = runQueries.pending(taskId, after);
    return pageOf(await this.#readRuns(query, limit + 1), limit, placeByCreation);
  }

  async findRuns(ids: readonly RunId[], withTexts: boolean, textLength?: number): Promise<readonly StoredRun[]> {
    return await this.#askTwice(({ collections }) => findRuns(collections, ids, withTexts, textLength));
  }

  async findRunsByPrefix(idPrefix: string, limit: number): Promise<readonly Run[]> {
    return await this.#readRuns(runQueries.idPrefix(idPrefix), limit);
  }

  async listRuns(...[filter, cursor, limit]: Parameters<Store["listRuns"]>): Promise<readonly ListedRun[]> {
    const query = runQueries.list(filter, cursor);
    const found = await this.#inTurn(() =>
      this.#askTwice(({ collections }) => readListedRuns(collections.runs, query, limit)),
    );
    return cursor.after === undefined ? found : found.toReversed();
  }

  async registerVersion(version: UnnamedVersion | TaskVersion, day: string): Promise<TaskVersion> {
    return await this.#askTwice(({ collections }, permit) =>
      registerVersion(collections.versions, version, day, permit),
    );
  }

  async loadVersions(): Promise<readonly TaskVersion[]> {
    return await this.#askTwice(({ collections }) => loadVersions(collections.versions));
  }

  async findNamedVersions(versions: readonly string[]): Promise<readonly string[]> {
    const named = await this.#askTwice(({ collections }) =>
      collections.runs.distinct("version", { version: { $in: [...versions] } }),
    );
    return named.filter((version) => version !== undefined);
  }

  async deleteVersions(versions: readonly string[]): Promise<void> {
    await this.#askTwice(({ collections }, permit) => deleteVersions(collections.versions, versions, permit));
  }

  async claimKeys(...[claims, now]: Parameters<Store["claimKeys"]>): Promise<readonly KeyClaim[]> {
    return await this.#askTwice(({ collections }, permit) => claimKeys(collections.keys, claims, now, permit));
  }

  async readKeys(...[after, limit]: Parameters<Store["readKeys"]>): Promise<readonly KeyClaim[]> {
    return await this.#askTwice(({ collections }) => readKeys(collections.keys, after, limit));
  }

  async appendLogs(...[logs]: Parameters<Store["appendLogs"]>): Promise<void> {
    await this.#ask(({ logs: collection }) => collection.append(logs));
  }

  async readLogs(...parameters: Parameters<Store["readLogs"]>): Promise<readonly StoredLogEntry[]> {
    return await this.#askTwice(({ logs }) => logs.read(...parameters));
  }

  async deleteExpired(...[limits]: Parameters<Store["deleteExpired"]>): ReturnType<Store["deleteExpired"]> {
    return await this.#ask(({ collections }, permit) => deleteExpired(collections, limits, permit));
  }

  async markImport(isUnderWay: boolean): Promise<void> {
    await this.#askTwice(({ collections }) => markImport(collections, isUnderWay));
  }

  #readRuns(query: Parameters<typeof readRuns>[1], limit: number): Promise<Run[]> {
    return this.#askTwice(({ collections }) => readRuns(collections.runs, query, limit));
  }

  async #open(purpose: StorePurpose): Promise<OpenedStore> {
    const { address, environmentId, leaseMs = ownershipLeaseMs, onHeld } = this.#options;
    const place = this.#place;
    let closeClient = async () => {};
    try {
      // Loaded here, so that a coordinator with another store starts without the driver.
      const { prepareConnection } = await import("./connection.ts");
      const { client, db } = prepareConnection(address, place);
      closeClient = () => client.close();
      const collections = collectionsOf(db, environmentId);
      await client.connect();
      await checkSchema(collections, place, purpose);
      const common = { collection: collections.meta, clock: systemClock, place, leaseMs };
      const holder = makeHolder();
      const { epoch, takenAt } = await takeOwnership({ ...common, onHeld, signal: this.#closing.signal }, holder);
      let onLost: (error: StoreLockedError) => void = () => {};
      const lost = new Promise<StoreLockedError>((resolve) => {
        onLost = resolve;
      });
      const lease = new OwnerLease({ ...common, epoch, takenAt, holder, onLost });
      const logs = new LogCollection(collections, () => lease.assertHeld());
      this.#opened = { collections, logs, lease, epoch, closeClient };
      await checkSchema(collections, place, purpose);
      await settleImport(collections, purpose, place, () => lease.assertHeld());
      // A store that is exported stays unchanged.
      const permit = () => lease.assertHeld();
      if (purpose !== "export" && (await prepareSchema(collections, permit))) await moveDocuments(collections, permit);
      return { epoch, lost, hasLateWrites: true };
    } catch (error) {
      // The store may be refused after its ownership was taken.
      await this.#opened?.lease.release().catch(() => undefined);
      this.#opened = undefined;
      await closeClient();
      throw openingFailure(error, place);
    }
  }

  async #close(): Promise<void> {
    this.#closing.abort();
    await this.#opening?.catch(() => undefined);
    await this.#pendingAnswered();
    const opened = this.#opened;
    this.#opened = undefined;
    if (opened === undefined) return;
    // If it cannot be released, the next owner waits for the lease to end.
    await opened.lease.release().catch(() => undefined);
    await opened.closeClient();
  }

  /** Sends a request that may be repeated, and sends it again if the connection broke or the primary changed. */
  async #askTwice<T>(request: (opened: Opened, permit: Permit) => Promise<T>): Promise<T> {
    return await this.#ask(async (opened, permit) => {
      try {
        return await request(opened, permit);
      } catch (error) {
        if (!isPassing(error)) throw error;
        await permit();
        return await request(opened, permit);
      }
    });
  }

  async #ask<T>(request: (opened: Opened, permit: Permit) => Promise<T>): Promise<T> {
    const opened = this.#assertOpen();
    const permit = () => opened.lease.assertHeld();
    try {
      return await this.#track(() => permit().then(() => request(opened, permit)));
    } catch (error) {
      throw requestFailure(error, this.#place);
    }
  }

  #assertOpen(): Opened {
    if (this.#opened !== undefined && this.#closed === undefined) return this.#opened;
    throw new StoreError("The store is not open: it was closed, or never opened.");
  }

  /** Runs a request so that `close` waits for it. */
  async #track<T>(request: () => Promise<T>): Promise<T> {
    const answer = request();
    this.#pending.add(answer);
    try {
      return await answer;
    } finally {
      this.#pending.delete(answer);
    }
  }

  /** Waits a limited time for unanswered requests: an unreachable store answers none, and a stop has a deadline. */
  async #pendingAnswered(): Promise<void> {
    const answered = Promise.allSettled(this.#pending);
    await withPatience(systemClock, closingPatienceMs, "", answered).catch(() => undefined);
  }
}
