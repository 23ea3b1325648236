import { type MessagePort, receiveMessageOnPort, type Worker } from "node:worker_threads";
import type { FromThread, ToThread } from "../thread/thread-protocol.ts";

/** What the pool hears about one worker thread. */
export interface WorkerThreadListener {
  onMessage(thread: WorkerThread, message: FromThread): void;
  /** The thread is gone; nothing follows. */
  onExit(thread: WorkerThread): void;
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
  /** Why it is gone, when it did not end by {@link terminate}. */
  exitCause: { readonly isOutOfMemory: boolean; readonly message: string } | undefined;
  readonly #worker: Worker;
  #port: MessagePort | undefined;
  #isTerminating = false;

  constructor(machine: string, worker: Worker, listener: WorkerThreadListener) {
    this.machine = machine;
    this.#worker = worker;
    worker.on("error", (error: Error & { code?: string }) => {
      this.exitCause = { isOutOfMemory: error.code === "ERR_WORKER_OUT_OF_MEMORY", message: error.message };
    });
    worker.on("exit", (code) => {
      this.exitCause ??= { isOutOfMemory: false, message: `The worker thread exited with code ${code}.` };
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

  /** Ends the thread; its exit event tells when it is gone. */
  terminate(): void {
    if (this.#isTerminating) return;
    this.#isTerminating = true;
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
