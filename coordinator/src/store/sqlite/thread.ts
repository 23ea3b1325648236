import { parentPort, workerData } from "node:worker_threads";
import { StoreUnusableError } from "../../errors.ts";
import { Engine, type Reading } from "./engine.ts";
import { requestFailure } from "./failure.ts";
import type {
  ThreadAnswer,
  ThreadCalls,
  ThreadReads,
  ThreadRequest,
  ThreadStart,
  ThreadWrites,
} from "./thread-protocol.ts";

/** Writes that share one transaction, at most. */
const requestsPerTransaction = 64;

const writeMethods: ReadonlySet<keyof ThreadCalls> = new Set<keyof ThreadWrites>([
  "commitBatch",
  "registerVersion",
  "claimKeys",
  "appendLogs",
  "deleteExpired",
]);

type WriteRequest = ThreadRequest & { readonly method: keyof ThreadWrites };
type ReadRequest = ThreadRequest & { readonly method: keyof ThreadReads };

if (parentPort === null) throw new Error("This file runs in a worker thread only; SqliteStore starts it.");
const port = parentPort;
const start = workerData as ThreadStart;
let engine: Engine | undefined;
let isPumping = false;
const writes: WriteRequest[] = [];
const reads: { readonly request: ReadRequest; readonly reading?: Generator<undefined, unknown> }[] = [];
const closings: ThreadRequest[] = [];

port.on("message", (request: ThreadRequest) => {
  if (request.method === "open") answerWith(request, open);
  else if (request.method === "close") closings.push(request);
  else if (writeMethods.has(request.method)) writes.push(request as WriteRequest);
  else reads.push({ request: request as ReadRequest });
  schedule();
});

function open(): { readonly epoch: number } {
  engine = new Engine(start);
  return { epoch: engine.epoch };
}

function schedule(): void {
  if (isPumping) return;
  isPumping = true;
  setImmediate(pump);
}

/** The waiting writes, then one slice of one read; so a long list holds up a commit by one slice. */
function pump(): void {
  isPumping = false;
  if (writes.length > 0) writeTogether(writes.splice(0, requestsPerTransaction));
  else if (reads.length === 0) {
    close();
    return;
  }
  readSlice();
  schedule();
}

function writeTogether(requests: readonly WriteRequest[]): void {
  try {
    const values = opened().write(requests);
    for (const [place, request] of requests.entries()) port.postMessage(answer(request, values[place]));
  } catch (error) {
    const [first] = requests;
    if (requests.length === 1 && first !== undefined) refuse(first, error);
    else for (const request of requests) writeTogether([request]);
  }
}

function readSlice(): void {
  const next = reads.shift();
  if (next === undefined) return;
  const { request } = next;
  try {
    const reading: Reading = next.reading ?? opened().read(request.method, request.parameters);
    const step = isGenerator(reading) ? reading.next() : { done: true, value: reading };
    if (step.done === true) port.postMessage(answer(request, step.value));
    else reads.push({ request, reading: reading as Generator<undefined, unknown> });
  } catch (error) {
    refuse(request, error);
  }
}

function close(): void {
  for (const request of closings.splice(0)) {
    answerWith(request, () => {
      engine?.close();
      engine = undefined;
    });
    port.close();
  }
}

function opened(): Engine {
  if (engine === undefined) throw new StoreUnusableError(`The store "${start.file}" is not open.`);
  return engine;
}

function answerWith(request: ThreadRequest, work: () => unknown): void {
  try {
    port.postMessage(answer(request, work()));
  } catch (error) {
    refuse(request, error);
  }
}

function answer({ number }: ThreadRequest, value: unknown): ThreadAnswer {
  return { number, value };
}

function refuse({ number }: ThreadRequest, error: unknown): void {
  const { code, message } = requestFailure(error, start.file);
  const refusal: ThreadAnswer = { number, error: { code, message } };
  port.postMessage(refusal);
}

function isGenerator(reading: Reading): reading is Generator<undefined, unknown> {
  return typeof reading === "object" && reading !== null && Symbol.iterator in reading && "next" in reading;
}
