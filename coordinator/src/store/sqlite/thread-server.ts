import type { MessagePort } from "node:worker_threads";
import { StoreReplacedError, StoreUnusableError } from "../../errors.ts";
import { openDatabase } from "./database.ts";
import { Engine } from "./engine.ts";
import { needsReopening, requestFailure } from "./failure.ts";
import type {
  ThreadAnswer,
  ThreadCalls,
  ThreadError,
  ThreadReads,
  ThreadRequest,
  ThreadStart,
  ThreadWrites,
} from "./thread-protocol.ts";

/** How often the store's files are checked, in milliseconds, besides the check after each commit. */
export const identityCheckMs = 1_000;
/** The most writes that share one transaction. */
const requestsPerTransaction = 64;

const writeMethods: ReadonlySet<keyof ThreadCalls> = new Set<keyof ThreadWrites>([
  "commitBatch",
  "registerVersion",
  "deleteVersions",
  "claimKeys",
  "appendLogs",
  "deleteExpired",
  "markImport",
]);

type WriteRequest = ThreadRequest & { readonly method: keyof ThreadWrites };
type ReadRequest = ThreadRequest & { readonly method: keyof ThreadReads };

/**
 * Serves the requests of a `StoreThread`, in the thread that runs this code. Waiting writes share one transaction.
 * After each transaction comes one slice of one read, so that a long list delays a commit by one slice.
 */
export class ThreadServer {
  readonly #port: MessagePort;
  readonly #start: ThreadStart;
  readonly #open: typeof openDatabase;
  readonly #writes: WriteRequest[] = [];
  readonly #reads: { readonly request: ReadRequest; readonly reading?: Generator<undefined, unknown> }[] = [];
  #closing: ThreadRequest | undefined;
  #engine: Engine | undefined;
  #isPumping = false;
  #identityTimer: NodeJS.Timeout | undefined;

  /** @param open - opens the file; tests pass one whose connection fails */
  constructor(port: MessagePort, start: ThreadStart, open = openDatabase) {
    this.#port = port;
    this.#start = start;
    this.#open = open;
  }

  /** Starts to serve; ends by itself after `close`. */
  start(): void {
    this.#port.on("message", (request: ThreadRequest) => this.#onRequest(request));
  }

  #onRequest(request: ThreadRequest): void {
    if (request.method === "open") this.#onOpen(request);
    else if (request.method === "close") this.#closing = request;
    else if (writeMethods.has(request.method)) this.#writes.push(request as WriteRequest);
    else this.#reads.push({ request: request as ReadRequest });
    this.#schedule();
  }

  #onOpen(request: ThreadRequest): void {
    try {
      this.#engine = new Engine(this.#start, this.#open);
      const { database, epoch } = this.#engine;
      this.#answer(request, { epoch, database });
      this.#identityTimer = setInterval(() => this.#checkIdentity(), identityCheckMs);
    } catch (error) {
      this.#refuse(request, error);
    }
  }

  #checkIdentity(): void {
    try {
      this.#engine?.assertUnmoved();
    } catch (error) {
      // A failed look-up of a name proves nothing about the files.
      if (!(error instanceof StoreReplacedError)) return;
      clearInterval(this.#identityTimer);
      this.#post({ type: "replaced", error: this.#toThreadError(error) });
    }
  }

  #schedule(): void {
    if (this.#isPumping) return;
    this.#isPumping = true;
    setImmediate(() => this.#pump());
  }

  #pump(): void {
    this.#isPumping = false;
    if (this.#writes.length === 0 && this.#reads.length === 0) {
      this.#closeIfAsked();
      return;
    }
    try {
      if (this.#writes.length > 0) this.#writeTogether(this.#writes.splice(0, requestsPerTransaction));
      this.#readSlice();
    } catch (error) {
      this.#end({ type: "doubt", error: this.#toThreadError(error) });
      return;
    }
    this.#schedule();
  }

  /** Performs writes in one transaction. If it fails, tries them one by one, so that each gets its own answer. */
  #writeTogether(requests: readonly WriteRequest[]): void {
    let values: unknown[];
    try {
      values = this.#opened().write(requests);
    } catch (error) {
      if (needsReopening(error)) throw error;
      const [first] = requests;
      if (error instanceof StoreReplacedError) for (const request of requests) this.#refuse(request, error);
      else if (requests.length === 1 && first !== undefined) this.#refuse(first, error);
      else for (const request of requests) this.#writeTogether([request]);
      return;
    }
    for (const [place, request] of requests.entries()) this.#answer(request, values[place]);
  }

  #readSlice(): void {
    const next = this.#reads.shift();
    if (next === undefined) return;
    const { request } = next;
    try {
      const reading = next.reading ?? this.#opened().read(request.method, request.parameters);
      const step = isGenerator(reading) ? reading.next() : { done: true, value: reading };
      if (step.done === true) this.#answer(request, step.value);
      else this.#reads.push({ request, reading: reading as Generator<undefined, unknown> });
    } catch (error) {
      if (needsReopening(error)) throw error;
      this.#refuse(request, error);
    }
  }

  #closeIfAsked(): void {
    const request = this.#closing;
    if (request === undefined) return;
    try {
      this.#engine?.close();
      this.#end({ type: "value", number: request.number, value: undefined });
    } catch (error) {
      this.#end({ type: "error", number: request.number, error: this.#toThreadError(error) });
    }
  }

  /** Sends the last answer and closes the port. The thread then has nothing left to do, and ends. */
  #end(lastAnswer: ThreadAnswer): void {
    clearInterval(this.#identityTimer);
    this.#port.postMessage(lastAnswer);
    this.#port.close();
  }

  #opened(): Engine {
    if (this.#engine === undefined) throw new StoreUnusableError(`The store "${this.#start.file}" is not open.`);
    return this.#engine;
  }

  #answer({ number }: ThreadRequest, value: unknown): void {
    this.#post({ type: "value", number, value });
  }

  #refuse({ number }: ThreadRequest, error: unknown): void {
    this.#post({ type: "error", number, error: this.#toThreadError(error) });
  }

  #post(answer: ThreadAnswer): void {
    this.#port.postMessage(answer);
  }

  #toThreadError(error: unknown): ThreadError {
    const { code, message } = requestFailure(error, this.#start.file);
    return { code, message };
  }
}

function isGenerator(reading: unknown): reading is Generator<undefined, unknown> {
  return typeof reading === "object" && reading !== null && Symbol.iterator in reading && "next" in reading;
}
