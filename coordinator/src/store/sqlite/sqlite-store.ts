import { resolve } from "node:path";
import type { RunId } from "@baton/proto/contract/ids";
import type { TaskVersion } from "@baton/proto/contract/task-definition";
import type { Run } from "../../core/life/run.ts";
import type { LaneKey, SortKey } from "../../core/scheduling/lane.ts";
import type { QueueLength } from "../../core/scheduling/queue-lengths.ts";
import { sumByQueue } from "../lane-lengths.ts";
import { pageOf, placeByCreation, placeByDueTime, placeInLane } from "../page.ts";
import type {
  BacklogRead,
  Batch,
  CommitResult,
  KeyClaim,
  OpenedStore,
  Page,
  Store,
  StoredLogEntry,
  StoredRun,
  StorePurpose,
  UnnamedVersion,
} from "../store.ts";
import { encodeBatch } from "./encoded-batch.ts";
import { StoreThread } from "./store-thread.ts";

/** Settings of a `SqliteStore`. */
export interface SqliteStoreOptions {
  /** Path of the database file. The file and its folder are created if they do not exist. */
  readonly file: string;
  /** The environment that the file belongs to; a file holds only one. */
  readonly environmentId: string;
  /** Whether to continue when the file is deleted or replaced; default: the store is lost then. */
  readonly outlivesFile?: boolean;
}

/**
 * Keeps runs in one SQLite file, in a thread of its own: a request costs the calling thread only the encoding of a
 * message. Opens once: `new` → `open()` → `close()`.
 */
export class SqliteStore implements Store {
  readonly #thread: StoreThread;

  /** @param threadFile - the file that runs in the thread; tests pass one whose disk fails */
  constructor(
    options: SqliteStoreOptions,
    threadFile = new URL(import.meta.resolve("@baton/coordinator/internal/store/sqlite/thread")),
  ) {
    const { file, environmentId, outlivesFile = false } = options;
    this.#thread = new StoreThread({ file: resolve(file), environmentId, outlivesFile }, threadFile);
  }

  async open(purpose: StorePurpose = "serve"): Promise<OpenedStore> {
    const { epoch } = await this.#thread.open(purpose);
    return { epoch, lost: this.#thread.replaced };
  }

  async close(): Promise<void> {
    await this.#thread.close();
  }

  async commitBatch(batch: Batch): Promise<CommitResult> {
    return { conflicts: await this.#thread.call("commitBatch", encodeBatch(batch)) };
  }

  async loadActive(): Promise<readonly Run[]> {
    return (await this.#thread.call("loadActive")).map(parseRun);
  }

  async listLanes(): Promise<readonly LaneKey[]> {
    return await this.#thread.call("listLanes");
  }

  async countQueued(): Promise<readonly QueueLength[]> {
    return sumByQueue(await this.#thread.call("countQueued"));
  }

  async readBacklog(reads: readonly BacklogRead[]): Promise<readonly Page[]> {
    // One run more than the page tells whether another page follows.
    const longer = reads.map(({ after, lane, limit }) => ({ lane, after, limit: limit + 1 }));
    const found = await this.#thread.call("readBacklog", longer);
    return reads.map(({ limit }, index) => pageOf((found[index] ?? []).map(parseRun), limit, placeInLane));
  }

  async readDue(after: SortKey | undefined, until: number, limit: number): Promise<Page> {
    const found = await this.#thread.call("readDue", after, until, limit + 1);
    return pageOf(found.map(parseRun), limit, placeByDueTime);
  }

  async listPendingTasks(): Promise<readonly string[]> {
    return await this.#thread.call("listPendingTasks");
  }

  async readPending(taskId: string, after: SortKey | undefined, limit: number): Promise<Page> {
    const found = await this.#thread.call("readPending", taskId, after, limit + 1);
    return pageOf(found.map(parseRun), limit, placeByCreation);
  }

  async findRuns(ids: readonly RunId[], withTexts: boolean, textLength?: number): Promise<readonly StoredRun[]> {
    const found = await this.#thread.call("findRuns", [...new Set(ids)], withTexts, textLength);
    return found.map(({ document, ...texts }) => ({ run: parseRun(document), ...texts }));
  }

  async findRunsByPrefix(idPrefix: string, limit: number): Promise<readonly Run[]> {
    return (await this.#thread.call("findRunsByPrefix", idPrefix, limit)).map(parseRun);
  }

  async listRuns(...parameters: Parameters<Store["listRuns"]>): Promise<readonly Run[]> {
    return (await this.#thread.call("listRuns", ...parameters)).map(parseRun);
  }

  async registerVersion(version: UnnamedVersion | TaskVersion, day: string): Promise<TaskVersion> {
    return parseVersion(await this.#thread.call("registerVersion", version, day));
  }

  async loadVersions(): Promise<readonly TaskVersion[]> {
    return (await this.#thread.call("loadVersions")).map(parseVersion);
  }

  async findNamedVersions(versions: readonly string[]): Promise<readonly string[]> {
    return await this.#thread.call("findNamedVersions", versions);
  }

  async deleteVersions(versions: readonly string[]): Promise<void> {
    await this.#thread.call("deleteVersions", versions);
  }

  async claimKeys(...parameters: Parameters<Store["claimKeys"]>): Promise<readonly KeyClaim[]> {
    return await this.#thread.call("claimKeys", ...parameters);
  }

  async readKeys(...parameters: Parameters<Store["readKeys"]>): Promise<readonly KeyClaim[]> {
    return await this.#thread.call("readKeys", ...parameters);
  }

  async appendLogs(...parameters: Parameters<Store["appendLogs"]>): Promise<void> {
    await this.#thread.call("appendLogs", ...parameters);
  }

  async readLogs(...parameters: Parameters<Store["readLogs"]>): Promise<readonly StoredLogEntry[]> {
    return await this.#thread.call("readLogs", ...parameters);
  }

  async deleteExpired(
    ...parameters: Parameters<Store["deleteExpired"]>
  ): Promise<{ readonly deleted: number; readonly more: boolean }> {
    return await this.#thread.call("deleteExpired", ...parameters);
  }

  async markImport(isUnderWay: boolean): Promise<void> {
    await this.#thread.call("markImport", isUnderWay);
  }
}

function parseRun(document: string): Run {
  return JSON.parse(document) as Run;
}

function parseVersion(document: string): TaskVersion {
  return JSON.parse(document) as TaskVersion;
}
