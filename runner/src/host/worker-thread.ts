import type { EventLoopUtilization } from "node:perf_hooks";
import { type MessagePort, receiveMessageOnPort, type Worker } from "node:worker_threads";
import { type ListedChild, listChildren } from "../thread/child-processes.ts";
import type { ToThread } from "../thread/thread-protocol.ts";
import { UnsentLinesReader } from "../thread/unsent-lines.ts";
import type { FromHost } from "./host-protocol.ts";
import { describeThreadError, type ThreadExit } from "./thread-error.ts";
import { readThreadMessage, type ThreadMessage } from "./thread-message.ts";

/** Receives the events of one worker thread. */
export interface WorkerThreadListener {
  onMessage(thread: WorkerThread, message: ThreadMessage): void;
  /** An invalid message arrived on the thread's port; task code posted it. */
  onBroken(thread: WorkerThread): void;
  /** The thread still lives a quarter of a second after it was terminated. */
  onStuck(thread: WorkerThread): void;
  /** The thread is gone; no further event follows. */
  onExit(thread: WorkerThread): void;
}

/** A terminated thread that still lives after this many milliseconds is in native code; others are gone long before. */
const stuckMs = 250;
/** That time is counted in parts. A part that takes twice as long does not count: the system delayed the thread too. */
const stuckPartMs = 25;
/** A terminated thread counts as stuck after this many milliseconds in any case. */
const stuckLimitMs = 2_500;

interface HeapStatistics {
  readonly used_heap_size: number;
  readonly external_memory: number;
}

/** How a thread ended, in the form of the message to the runner process. */
type ThreadExitReport = Pick<Extract<FromHost, { type: "exited" }>, "cause" | "message" | "signal">;

/** An attempt that a thread executes. */
export interface ThreadAttempt {
  readonly attemptId: string;
  readonly machine: string;
  /** By `performance.now()` of the host. */
  readonly beganAt: number;
}

/** Memory that host and thread share, which the host can read even when the thread is blocked. */
export interface SharedMemory {
  /** Two counters: the attempts that the thread began, and how often code of ended attempts began or ended to run. */
  readonly begun: Int32Array;
  /** The thread's unsent lines. */
  readonly unsentMemory: SharedArrayBuffer;
  /** The thread's child processes. */
  readonly childrenMemory: SharedArrayBuffer;
}

/** One worker thread of a piscina pool, with its port and the attempt that it executes. */
export class WorkerThread {
  readonly machine: string;
  /** The thread's id in this process. */
  readonly threadId: number;
  #attempt: ThreadAttempt | undefined;
  #lastAttemptId: string | undefined;
  /** Versions whose manifest was sent to the thread. */
  readonly #versions = new Set<string>();
  #attemptCount = 0;
  #isSpoiled = false;
  /** The signal that the attempt sent to its own process. */
  #signal: string | undefined;
  #memoryEnd: { readonly isProven: boolean; readonly message: string } | undefined;
  /** Why the thread exited, when {@link terminate} did not end it. */
  #exitCause: ThreadExit | undefined;
  #wasBlocked = false;
  readonly #worker: Worker;
  readonly #begun: Int32Array;
  readonly #childrenMemory: SharedArrayBuffer;
  /** The thread's unsent lines. */
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
      this.#exitCause ??= describeThreadError(error);
    });
    worker.on("exit", (code) => {
      this.#exitCause ??= { isOutOfMemory: false, message: `The worker thread exited with code ${code}.` };
      clearTimeout(this.#stuckTimer);
      this.#drain();
      listener.onExit(this);
    });
  }

  /** The attempt that the thread executes. */
  get attempt(): ThreadAttempt | undefined {
    return this.#attempt;
  }

  /** The attempt that the thread was given last. */
  get lastAttemptId(): string | undefined {
    return this.#lastAttemptId;
  }

  /** The number of attempts that the thread was given. */
  get attemptCount(): number {
    return this.#attemptCount;
  }

  /** Whether the thread must not be given another attempt. */
  get isSpoiled(): boolean {
    return this.#isSpoiled;
  }

  /** Whether the thread may have imported files of a version. */
  hasVersion(version: string): boolean {
    return this.#versions.has(version);
  }

  /** Sends the manifest of a version, unless the thread has it. */
  tellVersion(version: string, manifest: string): void {
    if (this.#versions.has(version)) return;
    this.#versions.add(version);
    this.post({ type: "version", manifest });
  }

  /** Gives the thread an attempt; `text` is what it executes. */
  give(attempt: ThreadAttempt, text: string): void {
    this.#attempt = attempt;
    this.#lastAttemptId = attempt.attemptId;
    this.#attemptCount += 1;
    this.post(text);
  }

  /** Notes that the thread's attempt has ended. */
  free(): void {
    this.#attempt = undefined;
  }

  /** Prevents further attempts in this thread. */
  spoil(): void {
    this.#isSpoiled = true;
  }

  /** Notes that the attempt sent this signal to its own process. */
  noteSignal(signal: string): void {
    this.#signal = signal;
  }

  /** Terminates the thread because of memory: it provably uses too much, or may be the cause of a too large process. */
  endForMemory(isProven: boolean, message: string): void {
    if (this.#isTerminating) return;
    this.#memoryEnd = { isProven, message };
    this.terminate();
  }

  /** Terminates the thread because its attempt could not begin or go on. */
  endBlocked(): void {
    this.#wasBlocked = true;
    this.terminate();
  }

  /** Terminates the thread because code of its attempt made it unusable. */
  endBroken(message: string): void {
    this.#exitCause ??= { isOutOfMemory: false, message };
    this.#isSpoiled = true;
    this.terminate();
  }

  /** How the thread ended, for the attempt that it had. */
  get end(): ThreadExitReport {
    const message = this.#memoryEnd?.message ?? this.#exitCause?.message ?? "";
    return { cause: this.#endCause, message, signal: this.#signal };
  }

  get #endCause(): ThreadExitReport["cause"] {
    if (this.#wasBlocked || this.lateCode !== undefined || !this.hasBegun) return "blocked";
    if (this.#memoryEnd !== undefined) return this.#memoryEnd.isProven ? "outOfMemory" : "suspectMemory";
    if (this.#isTerminating) return "terminated";
    return this.#exitCause?.isOutOfMemory ? "outOfMemory" : "exited";
  }

  /** Whether the thread began every attempt that it was given. */
  get hasBegun(): boolean {
    return Atomics.load(this.#begun, 0) >= this.#attemptCount;
  }

  /** A number that stays the same while one piece of code of an ended attempt runs; undefined when none runs. */
  get lateCode(): number | undefined {
    const count = Atomics.load(this.#begun, 1);
    return count % 2 === 0 ? undefined : count;
  }

  /** Living child processes that the thread's code started. */
  get children(): readonly ListedChild[] {
    return listChildren(this.#childrenMemory);
  }

  /**
   * Returns the share of time since the last call in which the thread's event loop was busy; undefined at the first
   * call and while the thread starts.
   */
  readBusyShare(): number | undefined {
    const before = this.#loopUse;
    const now = this.#worker.performance.eventLoopUtilization();
    this.#loopUse = now;
    if (before === undefined || before.idle + before.active === 0) return undefined;
    return this.#worker.performance.eventLoopUtilization(now, before).utilization;
  }

  /** Handles a message that arrived on the thread's port. */
  receive(message: unknown): void {
    const read = readThreadMessage(message);
    if (read === undefined) this.#listener.onBroken(this);
    else this.#listener.onMessage(this, read);
  }

  /** Whether the host terminated the thread. */
  get isTerminating(): boolean {
    return this.#isTerminating;
  }

  /** Sets the port on which the thread listens, after its hello. */
  attach(port: MessagePort): void {
    this.#port = port;
  }

  /** Sends a message; does nothing before the hello and after the exit. */
  post(message: ToThread): void {
    this.#port?.postMessage(message);
  }

  /** Reads the thread's heap size and external memory from outside. Returns false when this Node.js cannot. */
  readHeap(onRead: (heapBytes: number, externalBytes: number) => void): boolean {
    const worker: Worker & { getHeapStatistics?: () => Promise<HeapStatistics> } = this.#worker;
    if (worker.getHeapStatistics === undefined) return false;
    // Rejects when the thread ends meanwhile.
    worker.getHeapStatistics().then(
      (read) => onRead(read.used_heap_size, read.external_memory),
      () => undefined,
    );
    return true;
  }

  /** Terminates the thread. `onExit` follows when it is gone. */
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

  /** Handles messages that the thread sent before it exited, above all the end of an attempt. */
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
