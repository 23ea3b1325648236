import { fileURLToPath } from "node:url";
import { MessageChannel, type MessagePort } from "node:worker_threads";
import { knownMachine } from "@baton/proto/contract/machine";
import { Piscina } from "piscina";
import { heapLimits } from "../heap-limits.ts";
import { makeChildrenMemory } from "../thread/child-processes.ts";
import type { FromThread } from "../thread/thread-protocol.ts";
import { makeUnsentMemory } from "../thread/unsent-lines.ts";
import { WorkerThread, type WorkerThreadListener } from "./worker-thread.ts";

/** Receives the events of all threads. */
export interface SupplyListener extends WorkerThreadListener {
  /** The thread said hello and can execute attempts. */
  onReady(thread: WorkerThread): void;
  /** Several threads in a row ended before they were ready. */
  onNoThreads(message: string): void;
}

const threadFile = fileURLToPath(new URL("../thread/main.js", import.meta.url));
/** The default that the documentation of `resourceLimits` names, and the main thread's size. */
const stackMb = 4;
/** After this many threads in a row that ended before their hello, none is expected to become ready. */
const maxFailedStarts = 5;

/**
 * Starts worker threads, with one piscina pool for each machine preset. Piscina gives each thread one task, which lasts
 * as long as the thread and gets a port; attempts are sent on that port. So the host knows which thread executes which
 * attempt, can end exactly that thread, and an attempt costs one message each way. Piscina starts the threads, sets
 * their limits and cleans up after them.
 */
export class ThreadSupply {
  readonly #listener: SupplyListener;
  readonly #maxThreads: number;
  readonly #pools = new Map<string, Piscina>();
  /** Threads that have not said hello, by thread id. */
  readonly #starting = new Map<number, WorkerThread>();
  readonly #threads = new Set<WorkerThread>();
  readonly #threadOfPort = new WeakMap<MessagePort, WorkerThread>();
  #failedStarts = 0;

  constructor(maxThreads: number, listener: SupplyListener) {
    this.#maxThreads = maxThreads;
    this.#listener = listener;
  }

  /** Number of living threads, starting ones included. */
  get size(): number {
    return this.#threads.size;
  }

  /** Number of threads of this machine that have not said hello. */
  startingOf(machine: string): number {
    let count = 0;
    for (const thread of this.#starting.values()) if (thread.machine === machine) count += 1;
    return count;
  }

  /** Starts a thread. It says hello when it can be used. */
  start(machine: string): void {
    const pool = this.#poolOf(machine);
    const known = new Set(pool.threads);
    const { port1, port2 } = new MessageChannel();
    const counters = new Int32Array(new SharedArrayBuffer(8));
    const unsentMemory = makeUnsentMemory();
    const childrenMemory = makeChildrenMemory();
    const served = pool.run({ port: port2, counters, unsentMemory, childrenMemory }, { transferList: [port2] });
    const worker = pool.threads.find((candidate) => !known.has(candidate));
    if (worker === undefined) throw new Error(`Piscina started no thread for machine ${machine}.`);
    // Rejects when the thread ends, and when its file cannot be loaded; then nothing else would end the thread.
    served.catch(() => worker.terminate());
    const { threadId } = worker;
    const thread = new WorkerThread(
      machine,
      worker,
      { counters, unsentMemory, childrenMemory },
      {
        onMessage: (of, message) => this.#listener.onMessage(of, message),
        onBroken: (of) => this.#listener.onBroken(of),
        onStuck: (of) => this.#listener.onStuck(of),
        onExit: (of) => this.#onExit(of, threadId),
      },
    );
    this.#threads.add(thread);
    this.#starting.set(threadId, thread);
    port1.on("message", (message: unknown) => this.#onMessage(port1, message));
  }

  #onMessage(port: MessagePort, message: unknown): void {
    const thread = this.#threadOfPort.get(port);
    if (thread !== undefined) thread.receive(message);
    // No task code runs in a thread before its hello.
    else this.#meet(port, message as FromThread);
  }

  /**
   * Assigns a port to its thread. Piscina gives ports to threads in the order in which they become ready, so the hello
   * names the thread.
   */
  #meet(port: MessagePort, message: FromThread): void {
    if (typeof message === "string" || message.type !== "hello") return;
    const thread = this.#starting.get(message.threadId);
    if (thread === undefined) return;
    this.#starting.delete(message.threadId);
    this.#threadOfPort.set(port, thread);
    this.#failedStarts = 0;
    thread.attach(port);
    this.#listener.onReady(thread);
  }

  #onExit(thread: WorkerThread, threadId: number): void {
    this.#threads.delete(thread);
    if (this.#starting.delete(threadId)) this.#failedStarts += 1;
    if (this.#failedStarts >= maxFailedStarts) {
      this.#failedStarts = 0;
      this.#listener.onNoThreads(`${maxFailedStarts} worker threads in a row ended before they were ready.`);
    }
    this.#listener.onExit(thread);
  }

  #poolOf(machine: string): Piscina {
    const existing = this.#pools.get(machine);
    if (existing !== undefined) return existing;
    const { oldGenerationMb, youngGenerationMb } = heapLimits(knownMachine(machine));
    const pool = new Piscina({
      filename: threadFile,
      name: "serve",
      minThreads: 0,
      maxThreads: this.#maxThreads,
      idleTimeout: Number.POSITIVE_INFINITY,
      concurrentTasksPerWorker: 1,
      atomics: "disabled",
      recordTiming: false,
      resourceLimits: {
        maxOldGenerationSizeMb: oldGenerationMb,
        maxYoungGenerationSizeMb: youngGenerationMb,
        stackSizeMb: stackMb,
      },
    });
    pool.on("error", () => undefined);
    this.#pools.set(machine, pool);
    return pool;
  }
}
