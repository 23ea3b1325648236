import { resolve } from "node:path";
import { Worker } from "node:worker_threads";
import type { LaneKey, SortKey } from "../../core/lane.ts";
import type { Run, RunId } from "../../core/run.ts";
import type { TaskVersion } from "../../core/task.ts";
import {
  type CoordinatorError,
  StoreError,
  StoreLockedError,
  StoreUnusableError,
  StoreVersionError,
} from "../../errors.ts";
import { pageOf, placeByCreation, placeByDueTime, placeInLane } from "../page.ts";
import type { Batch, CommitResult, KeyClaim, Page, Store, StoredLogEntry, StoredRun } from "../store.ts";
import { encodeBatch } from "./encoded-batch.ts";
import type { ThreadAnswer, ThreadCalls, ThreadRequest, ThreadStart } from "./thread-protocol.ts";

/** Where a `SqliteStore` keeps its runs. */
export interface SqliteStoreOptions {
  /** Path of the database file; created, with its folder, when it does not exist. */
  readonly file: string;
  /** The environment that the file belongs to; a file holds one. */
  readonly environmentId: string;
}

interface Waiting {
  readonly resolve: (value: never) => void;
  readonly reject: (error: CoordinatorError) => void;
}

/**
 * Keeps runs in one SQLite file, in a thread of its own: what is asked here costs this thread the encoding of a message.
 * Opens once: `new` → `open()` → `close()`.
 */
export class SqliteStore implements Store {
  readonly #start: ThreadStart;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #requests = 0;
  #closing: Promise<void> | undefined;
  #ended = new StoreError("The store is not open: it was closed, or never opened.");

  constructor(options: SqliteStoreOptions) {
    this.#start = { file: resolve(options.file), environmentId: options.environmentId };
  }

  async open(): Promise<{ readonly epoch: number }> {
    if (this.#worker !== undefined || this.#closing !== undefined) {
      throw new StoreError("The store was opened before. Make a new one to open it again.");
    }
    // Flags of this process, such as --input-type, are not meant for the thread's file.
    const worker = new Worker(new URL("./thread.js", import.meta.url), { workerData: this.#start, execArgv: [] });
    this.#worker = worker;
    worker.on("message", (answer: ThreadAnswer) => this.#onAnswer(answer));
    worker.on("error", (cause: unknown) => {
      this.#ended = new StoreError("The thread of the store failed. Start this coordinator again.", { cause });
    });
    worker.on("exit", () => this.#onExit());
    try {
      return await this.#call("open");
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async commitBatch(batch: Batch): Promise<CommitResult> {
    return { conflicts: await this.#call("commitBatch", encodeBatch(batch)) };
  }

  async loadActive(): Promise<readonly Run[]> {
    return (await this.#call("loadActive")).map(parseRun);
  }

  async listLanes(): Promise<readonly LaneKey[]> {
    return await this.#call("listLanes");
  }

  async readBacklog(lane: LaneKey, after: SortKey | undefined, limit: number): Promise<Page> {
    const found = await this.#call("readBacklog", lane, after, limit + 1);
    return pageOf(found.map(parseRun), limit, placeInLane);
  }

  async readDue(after: SortKey | undefined, until: number, limit: number): Promise<Page> {
    const found = await this.#call("readDue", after, until, limit + 1);
    return pageOf(found.map(parseRun), limit, placeByDueTime);
  }

  async listPendingTasks(): Promise<readonly string[]> {
    return await this.#call("listPendingTasks");
  }

  async readPending(taskId: string, after: SortKey | undefined, limit: number): Promise<Page> {
    const found = await this.#call("readPending", taskId, after, limit + 1);
    return pageOf(found.map(parseRun), limit, placeByCreation);
  }

  async findRuns(ids: readonly RunId[], withTexts: boolean): Promise<readonly StoredRun[]> {
    const found = await this.#call("findRuns", [...new Set(ids)], withTexts);
    return found.map(({ document, ...texts }) => ({ run: parseRun(document), ...texts }));
  }

  async listRuns(...parameters: Parameters<Store["listRuns"]>): Promise<readonly Run[]> {
    return (await this.#call("listRuns", ...parameters)).map(parseRun);
  }

  async registerVersion(version: Omit<TaskVersion, "version">, day: string): Promise<TaskVersion> {
    return parseVersion(await this.#call("registerVersion", version, day));
  }

  async loadVersions(): Promise<readonly TaskVersion[]> {
    return (await this.#call("loadVersions")).map(parseVersion);
  }

  async claimKeys(...parameters: Parameters<Store["claimKeys"]>): Promise<readonly KeyClaim[]> {
    return await this.#call("claimKeys", ...parameters);
  }

  async appendLogs(...parameters: Parameters<Store["appendLogs"]>): Promise<void> {
    await this.#call("appendLogs", ...parameters);
  }

  async readLogs(...parameters: Parameters<Store["readLogs"]>): Promise<readonly StoredLogEntry[]> {
    return await this.#call("readLogs", ...parameters);
  }

  async deleteExpired(
    ...parameters: Parameters<Store["deleteExpired"]>
  ): Promise<{ readonly deleted: number; readonly more: boolean }> {
    return await this.#call("deleteExpired", ...parameters);
  }

  async #close(): Promise<void> {
    const worker = this.#worker;
    if (worker === undefined) return;
    const exited = new Promise<void>((resolve) => void worker.once("exit", () => resolve()));
    try {
      await this.#send(worker, "close");
    } finally {
      await exited;
    }
  }

  #call<M extends keyof ThreadCalls>(
    method: M,
    ...parameters: Parameters<ThreadCalls[M]>
  ): Promise<ReturnType<ThreadCalls[M]>> {
    if (this.#worker === undefined || this.#closing !== undefined) return Promise.reject(this.#ended);
    return this.#send(this.#worker, method, ...parameters);
  }

  #send<M extends keyof ThreadCalls>(
    worker: Worker,
    method: M,
    ...parameters: Parameters<ThreadCalls[M]>
  ): Promise<ReturnType<ThreadCalls[M]>> {
    const number = ++this.#requests;
    const request: ThreadRequest = { number, method, parameters };
    return new Promise((resolve, reject) => {
      this.#waiting.set(number, { resolve, reject });
      worker.postMessage(request);
    });
  }

  #onAnswer({ number, value, error }: ThreadAnswer): void {
    const waiting = this.#waiting.get(number);
    this.#waiting.delete(number);
    if (error === undefined) waiting?.resolve(value as never);
    else waiting?.reject(fromThread(error));
  }

  #onExit(): void {
    this.#worker = undefined;
    for (const { reject } of this.#waiting.values()) reject(this.#ended);
    this.#waiting.clear();
  }
}

function parseRun(document: string): Run {
  return JSON.parse(document) as Run;
}

function parseVersion(document: string): TaskVersion {
  return JSON.parse(document) as TaskVersion;
}

function fromThread({ code, message }: { readonly code: string; readonly message: string }): CoordinatorError {
  switch (code) {
    case "STORE_LOCKED":
      return new StoreLockedError(message);
    case "STORE_VERSION":
      return new StoreVersionError(message);
    case "STORE_UNUSABLE":
      return new StoreUnusableError(message);
    default:
      return new StoreError(message);
  }
}
