import { type MessagePort, receiveMessageOnPort, type Worker } from "node:worker_threads";
import type { FromThread, ToThread } from "../thread/thread-protocol.ts";

/** What the pool hears about one worker thread. */
export interface WorkerThreadListener {
  onMessage(thread: WorkerThread, message: FromThread): void;
  /** It was told to end a quarter of a second ago and lives on. */
  onStuck(thread: WorkerThread): void;
  /** The thread is gone; nothing follows. */
  onExit(thread: WorkerThread): void;
}

/** A thread that runs JavaScript or waits is gone long before; one that is not sits in native code. */
const stuckMs = 250;

interface HeapStatistics {
  readonly used_heap_size: number;
  readonly external_memory: number;
}

/** An attempt that a thread executes. */
export interface ThreadAttempt {
  readonly attemptId: string;
  readonly machine: string;
  /** By `performance.now()` of the host. */
  readonly beganAt: number;
}

/** One worker thread of a piscina pool, with its port and the attempt that it executes. */
export class WorkerThread {
  readonly machine: string;
  /** Its number in this process. */
  readonly threadId: number;
  /** The attempt that it executes; the pool sets and clears it. */
  attempt: ThreadAttempt | undefined;
  /** Versions that it was told. */
  readonly versions = new Set<string>();
  /** Attempts that it was given. */
  attemptCount = 0;
  /** It must not be given another attempt. */
  isSpoiled = false;
  /** The signal that its attempt sent to its own process. */
  signal: string | undefined;
  /** It is ended because of memory: proven, or taken aside as one of several that may be the cause. */
  memoryEnd: { readonly isProven: boolean; readonly message: string } | undefined;
  /** Why it is gone, when it did not end by {@link terminate}. */
  exitCause: { readonly isOutOfMemory: boolean; readonly message: string } | undefined;
  readonly #worker: Worker;
  #port: MessagePort | undefined;
  readonly #listener: WorkerThreadListener;
  #stuckTimer: NodeJS.Timeout | undefined;
  #isTerminating = false;

  constructor(machine: string, worker: Worker, listener: WorkerThreadListener) {
    this.machine = machine;
    this.threadId = worker.threadId;
    this.#worker = worker;
    this.#listener = listener;
    worker.on("error", (error: Error & { code?: string }) => {
      this.exitCause = { isOutOfMemory: error.code === "ERR_WORKER_OUT_OF_MEMORY", message: error.message };
    });
    worker.on("exit", (code) => {
      this.exitCause ??= { isOutOfMemory: false, message: `The worker thread exited with code ${code}.` };
      clearTimeout(this.#stuckTimer);
      this.#drain(listener);
      listener.onExit(this);
    });
  }

  /** Did somebody here end it? */
  get isTerminating(): boolean {
    return this.#isTerminating;
  }

  /** It said hello on this port and listens there from now on. */
  attach(port: MessagePort): void {
    this.#port = port;
  }

  /** Sends; nothing once the thread is gone. */
  post(message: ToThread): void {
    this.#port?.postMessage(message);
  }

  /** Reads the size of its heap, and of what is outside it, from outside; false where this Node.js cannot. */
  readHeap(onRead: (heapBytes: number, externalBytes: number) => void): boolean {
    const worker: Worker & { getHeapStatistics?: () => Promise<HeapStatistics> } = this.#worker;
    if (worker.getHeapStatistics === undefined) return false;
    // Rejected when the thread ends meanwhile.
    worker.getHeapStatistics().then(
      (read) => onRead(read.used_heap_size, read.external_memory),
      () => undefined,
    );
    return true;
  }

  /** Ends the thread; its exit event tells when it is gone. */
  terminate(): void {
    if (this.#isTerminating) return;
    this.#isTerminating = true;
    this.#stuckTimer = setTimeout(() => this.#listener.onStuck(this), stuckMs);
    void this.#worker.terminate();
  }

  /** What the thread said before it ended counts, an attempt's end above all. */
  #drain(listener: WorkerThreadListener): void {
    const port = this.#port;
    if (port === undefined) return;
    for (let next = receiveMessageOnPort(port); next !== undefined; next = receiveMessageOnPort(port)) {
      listener.onMessage(this, next.message as FromThread);
    }
    port.close();
    this.#port = undefined;
  }
}
