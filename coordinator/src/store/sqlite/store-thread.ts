import { Worker } from "node:worker_threads";
import {
  type CoordinatorError,
  HalfImportedError,
  StoreError,
  StoreLockedError,
  StoreReplacedError,
  StoreUnusableError,
  StoreVersionError,
} from "../../errors.ts";
import type { StorePurpose } from "../store.ts";
import type { ThreadAnswer, ThreadCalls, ThreadError, ThreadRequest, ThreadStart } from "./thread-protocol.ts";

interface Waiting {
  readonly request: ThreadRequest;
  readonly resolve: (value: never) => void;
  readonly reject: (error: CoordinatorError) => void;
}

/**
 * The main thread's end of the store's thread. States: new → `open` → open → `close` → closed.
 *
 * After a disk error, the thread does not know what the file holds, and ends. A new thread opens the file for the same
 * owner and gets all unanswered requests again; a batch that was written after all is recognized by its revisions. If
 * the new thread fails too, every request is refused, and the next call tries another thread.
 */
export class StoreThread {
  readonly #place: Omit<ThreadStart, "purpose" | "epoch" | "database">;
  readonly #file: URL;
  /** Resolves when the files of the store were deleted or replaced. */
  readonly replaced: Promise<StoreReplacedError>;
  #onReplaced: (error: StoreReplacedError) => void = () => undefined;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #exited: Promise<void> | undefined;
  #epoch: number | undefined;
  #database: string | undefined;
  #requests = 0;
  #isOpening = false;
  #closing: Promise<void> | undefined;
  /** Why the thread ended on its own. */
  #failure: CoordinatorError | undefined;
  /** Whether no thread has answered since the last one failed. */
  #isSecondTry = false;

  /** @param file - the compiled file that runs in the thread */
  constructor(place: Omit<ThreadStart, "purpose" | "epoch" | "database">, file: URL) {
    this.#place = place;
    this.#file = file;
    this.replaced = new Promise((resolve) => {
      this.#onReplaced = resolve;
    });
  }

  /** Starts the thread and opens the file in it; only once. */
  async open(purpose: StorePurpose): Promise<{ readonly epoch: number }> {
    if (this.#isOpening || this.#closing !== undefined) {
      throw new StoreError("The store was opened before. Make a new one to open it again.");
    }
    this.#isOpening = true;
    try {
      const opened = await this.#send(this.#startWorker({ ...this.#place, purpose }), "open", []);
      this.#epoch = opened.epoch;
      this.#database = opened.database;
      return opened;
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  /** Ends the thread after all earlier requests are answered. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** Sends a request to the thread. */
  async call<M extends keyof ThreadCalls>(
    method: M,
    ...parameters: Parameters<ThreadCalls[M]>
  ): Promise<ReturnType<ThreadCalls[M]>> {
    if (this.#epoch === undefined || this.#closing !== undefined) {
      throw new StoreError("The store is not open: it was closed, or never opened.");
    }
    return await this.#send(this.#worker ?? this.#restart(this.#epoch), method, parameters);
  }

  /** Closes. A failure is dropped: the callers were refused already, and the end of the thread closes the file. */
  async #close(): Promise<void> {
    if (this.#worker === undefined) return;
    await this.#send(this.#worker, "close", []).catch(() => undefined);
    await this.#exited;
  }

  #send<M extends keyof ThreadCalls>(
    worker: Worker,
    method: M,
    parameters: Parameters<ThreadCalls[M]>,
  ): Promise<ReturnType<ThreadCalls[M]>> {
    const number = ++this.#requests;
    const request: ThreadRequest = { number, method, parameters };
    return new Promise((resolve, reject) => {
      this.#waiting.set(number, { request, resolve, reject });
      worker.postMessage(request);
    });
  }

  /** Starts a thread, without flags of this process that are not meant for it, such as `--input-type`. */
  #startWorker(start: ThreadStart): Worker {
    const worker = new Worker(this.#file, { workerData: start, execArgv: [] });
    worker.on("message", (answer: ThreadAnswer) => this.#onAnswer(answer));
    worker.on("error", (cause: unknown) => {
      this.#failure = new StoreError("The thread of the store failed.", { cause });
    });
    this.#exited = new Promise((resolve) => {
      worker.on("exit", () => {
        this.#onExit();
        resolve();
      });
    });
    this.#worker = worker;
    return worker;
  }

  #restart(epoch: number): Worker {
    const unanswered = [...this.#waiting.values()];
    const worker = this.#startWorker({ ...this.#place, epoch, database: this.#database });
    this.#send(worker, "open", []).catch((error: CoordinatorError) => this.#refuseAll(error));
    for (const { request } of unanswered) worker.postMessage(request);
    return worker;
  }

  #onAnswer(answer: ThreadAnswer): void {
    if (answer.type === "doubt") {
      this.#failure = fromThread(answer.error);
      return;
    }
    if (answer.type === "replaced") {
      this.#onReplaced(new StoreReplacedError(answer.error.message));
      return;
    }
    const waiting = this.#waiting.get(answer.number);
    this.#waiting.delete(answer.number);
    if (waiting !== undefined && waiting.request.method !== "open") this.#isSecondTry = false;
    if (answer.type === "value") waiting?.resolve(answer.value as never);
    else waiting?.reject(this.#toRefusal(answer.error));
  }

  /** Returns the error for a caller. When the file was replaced, the owner gets that reason too, and stops. */
  #toRefusal(error: ThreadError): CoordinatorError {
    if (error.code !== "STORE_REPLACED") return fromThread(error);
    this.#onReplaced(new StoreReplacedError(error.message));
    return new StoreError(error.message);
  }

  #onExit(): void {
    this.#worker = undefined;
    const failure = this.#failure ?? new StoreError("The thread of the store ended.");
    this.#failure = undefined;
    if (this.#epoch === undefined || this.#isSecondTry || this.#waiting.size === 0) {
      this.#isSecondTry = false;
      this.#refuseAll(failure);
      return;
    }
    this.#isSecondTry = true;
    this.#restart(this.#epoch);
  }

  /** Refuses all requests, and ends a thread that could not open the file. */
  #refuseAll(error: CoordinatorError): void {
    const refused = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of refused) reject(error);
    void this.#worker?.terminate();
  }
}

function fromThread({ code, message }: ThreadError): CoordinatorError {
  switch (code) {
    case "STORE_LOCKED":
      return new StoreLockedError(message);
    case "STORE_VERSION":
      return new StoreVersionError(message);
    case "STORE_HALF_IMPORTED":
      return new HalfImportedError(message);
    case "STORE_UNUSABLE":
      return new StoreUnusableError(message);
    default:
      return new StoreError(message);
  }
}
