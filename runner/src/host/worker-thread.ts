import type { EventLoopUtilization } from "node:perf_hooks";
import { type MessagePort, receiveMessageOnPort, type Worker } from "node:worker_threads";
import { type ListedChild, listChildren } from "../thread/child-processes.ts";
import type { FromThread, ToThread } from "../thread/thread-protocol.ts";
import { UnsentLinesReader } from "../thread/unsent-lines.ts";
import { describeThreadError, type ThreadExit } from "./thread-error.ts";
import { isThreadMessage } from "./thread-message.ts";

/** What the pool hears about one worker thread. */
export interface WorkerThreadListener {
  onMessage(thread: WorkerThread, message: FromThread): void;
  /** Something came on its port that its own code does not say. */
  onBroken(thread: WorkerThread): void;
  /** The thread was told to end a quarter of a second ago and lives on. */
  onStuck(thread: WorkerThread): void;
  /** The thread is gone; nothing follows. */
  onExit(thread: WorkerThread): void;
}

/** A thread that runs JavaScript or waits is gone long before; one that is not sits in native code. Milliseconds. */
const stuckMs = 250;
/** The parts in which that time is counted. One that took twice as long does not count: the system held up the thread as well. */
const stuckPartMs = 25;
/** A thread counts as stuck after this time in any case, in milliseconds. */
const stuckLimitMs = 2_500;

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

/** Memory that host and thread share, so that blocked threads tell too. */
export interface SharedMemory {
  /** Where the thread counts the attempts that it began and, beside it, how often code of ended ones began and ended. */
  readonly begun: Int32Array;
  /** Where it keeps the lines that it has not sent. */
  readonly unsentMemory: SharedArrayBuffer;
  /** Where it lists its child processes. */
  readonly childrenMemory: SharedArrayBuffer;
}

/** One worker thread of a piscina pool, with its port and the attempt that it executes. */
export class WorkerThread {
  readonly machine: string;
  /** Its number in this process. */
  readonly threadId: number;
  /** The attempt that it executes; the pool sets and clears it. */
  attempt: ThreadAttempt | undefined;
  /** The attempt that it was given last. */
  lastAttemptId: string | undefined;
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
  exitCause: ThreadExit | undefined;
  /** It stood still with code of an earlier attempt when it was given this one. */
  wasBlocked = false;
  readonly #worker: Worker;
  readonly #begun: Int32Array;
  readonly #childrenMemory: SharedArrayBuffer;
  /** Lines that it printed and did not send. */
  readonly unsentLines: UnsentLinesReader;
  #port: MessagePort | undefined;
  readonly #listener: WorkerThreadListener;
  #stuckTimer: NodeJS.Timeout | undefined;
  #isTerminating = false;
  #loopUse: EventLoopUtilization | undefined;

  constructor(machine: string, worker: Worker, shared: SharedMemory, listener: WorkerThreadListener) {
    this.machine = machine;
    this.#begun = shared.begun;
    this.#childrenMemory = shared.childrenMemory;
    this.unsentLines = new UnsentLinesReader(shared.unsentMemory);
    this.threadId = worker.threadId;
    this.#worker = worker;
    this.#listener = listener;
    worker.on("error", (error: unknown) => {
      this.exitCause ??= describeThreadError(error);
    });
    worker.on("exit", (code) => {
      this.exitCause ??= { isOutOfMemory: false, message: `The worker thread exited with code ${code}.` };
      clearTimeout(this.#stuckTimer);
      this.#drain();
      listener.onExit(this);
    });
  }

  /** Did it begin every attempt that it was given? */
  get hasBegun(): boolean {
    return Atomics.load(this.#begun, 0) >= this.attemptCount;
  }

  /** A number that stays the same while one piece of code of an ended attempt runs; undefined: none does. */
  get lateCode(): number | undefined {
    const count = Atomics.load(this.#begun, 1);
    return count % 2 === 0 ? undefined : count;
  }

  /** Child processes that its code started and that have not exited. */
  get children(): readonly ListedChild[] {
    return listChildren(this.#childrenMemory);
  }

  /**
   * The share of the time since the last call in which its event loop was busy; undefined for the first call and while the
   * thread starts.
   */
  readBusyShare(): number | undefined {
    const before = this.#loopUse;
    const now = this.#worker.performance.eventLoopUtilization();
    this.#loopUse = now;
    if (before === undefined || before.idle + before.active === 0) return undefined;
    return this.#worker.performance.eventLoopUtilization(now, before).utilization;
  }

  /** Takes what came on its port. */
  receive(message: unknown): void {
    if (isThreadMessage(message)) this.#listener.onMessage(this, message);
    else this.#listener.onBroken(this);
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
    this.#awaitExit(stuckMs, performance.now() + stuckLimitMs);
    void this.#worker.terminate();
  }

  #awaitExit(leftMs: number, limitAt: number): void {
    const begin = performance.now();
    this.#stuckTimer = setTimeout(() => {
      const now = performance.now();
      const stillLeftMs = now - begin > 2 * stuckPartMs ? leftMs : leftMs - stuckPartMs;
      if (stillLeftMs <= 0 || now >= limitAt) this.#listener.onStuck(this);
      else this.#awaitExit(stillLeftMs, limitAt);
    }, stuckPartMs);
  }

  /** What the thread said before it ended counts, an attempt's end above all. */
  #drain(): void {
    const port = this.#port;
    if (port === undefined) return;
    for (let next = receiveMessageOnPort(port); next !== undefined; next = receiveMessageOnPort(port)) {
      this.receive(next.message);
    }
    port.close();
    this.#port = undefined;
  }
}
