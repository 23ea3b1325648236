import type { EventLoopUtilization } from "node:perf_hooks";
import { type MessagePort, receiveMessageOnPort, type Worker } from "node:worker_threads";
import { encodeExecute } from "../thread/attempt-text.ts";
import { type ListedChild, listChildren } from "../thread/child-processes.ts";
import { HostClaims } from "../thread/claims.ts";
import type { ToThread } from "../thread/thread-protocol.ts";
import { UnsentLinesReader } from "../thread/unsent-lines.ts";
import type { QueuedAttempt } from "./hand-over.ts";
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
export type ThreadExitReport = Pick<Extract<FromHost, { type: "exited" }>, "cause" | "message" | "signal">;

/** An attempt that a thread executes. */
export interface ThreadAttempt {
  readonly attemptId: string;
  readonly taskId: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** By `performance.now()` of the host. */
  readonly beganAt: number;
  /** The attempt as it waited, if it follows others in its message. */
  readonly following?: QueuedAttempt | undefined;
  /** Whether the runner was told that the attempt has begun. */
  isTold: boolean;
}

/** Memory that host and thread share, which the host can read even when the thread is blocked. */
export interface SharedMemory {
  /** Two numbers: the claims on attempts, and how often code of ended attempts began or ended to run. */
  readonly counters: Int32Array;
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
  /** Attempts that follow in the same message, oldest first. */
  #following: QueuedAttempt[] = [];
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
  readonly #claims: HostClaims;
  readonly #lateCode: Int32Array;
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
    this.#claims = new HostClaims(shared.counters.subarray(0, 1));
    this.#lateCode = shared.counters.subarray(1);
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
      this.readPort();
      clearTimeout(this.#stuckTimer);
      this.#port?.close();
      this.#port = undefined;
      listener.onExit(this);
    });
  }

  /** The attempt that the thread executes. */
  get attempt(): ThreadAttempt | undefined {
    return this.#attempt;
  }

  /** Attempts of the same message that the thread executes after {@link attempt}, oldest first. */
  get following(): readonly QueuedAttempt[] {
    return this.#following;
  }

  /** The attempt that ended last in the thread. */
  get lastAttemptId(): string | undefined {
    return this.#lastAttemptId;
  }

  /** The number of attempts that the thread executed, the current one included. */
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

  /** Gives the thread attempts in one message; it executes them one after another. The first one starts at once. */
  give([first, ...following]: readonly QueuedAttempt[], startedAt: number): void {
    if (first === undefined) return;
    this.#claims.offer(1 + following.length);
    this.#following = following;
    this.#begin(first, startedAt, false);
    const text = encodeExecute(startedAt, first.body);
    if (following.length === 0) this.post(text);
    else this.post([text, ...following.map(({ body }) => encodeExecute(undefined, body))]);
  }

  /** Notes that the thread's attempt has ended. The next one of the message follows. */
  next(): void {
    this.#lastAttemptId = this.#attempt?.attemptId;
    this.#attempt = undefined;
    const next = this.#following.shift();
    if (next !== undefined) this.#begin(next, Date.now(), true);
  }

  #begin(attempt: QueuedAttempt, startedAt: number, isFollowing: boolean): void {
    const { attemptId, taskId } = attempt;
    const following = isFollowing ? attempt : undefined;
    this.#attempt = { attemptId, taskId, startedAt, beganAt: performance.now(), following, isTold: !isFollowing };
    this.#attemptCount += 1;
  }

  /**
   * Takes back what the thread has not begun, except the first attempt of a message: the thread will not execute these.
   * Those that remain have begun, and the ends of all but the last one have been posted.
   */
  takeBack(): readonly QueuedAttempt[] {
    const following = this.#attempt?.following;
    const count = this.#claims.takeBack(this.#following.length + (following === undefined ? 0 : 1));
    const isCurrentReturned = count > this.#following.length;
    const returned = this.#following.splice(this.#following.length - count + (isCurrentReturned ? 1 : 0));
    if (!isCurrentReturned || following === undefined) return returned;
    this.#attempt = undefined;
    this.#attemptCount -= 1;
    return [following, ...returned];
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

  /** Whether the thread began the attempt that it should execute now. */
  get hasBegun(): boolean {
    return this.#claims.unbegun <= this.#following.length;
  }

  /** A number that stays the same while one piece of code of an ended attempt runs; undefined when none runs. */
  get lateCode(): number | undefined {
    const count = Atomics.load(this.#lateCode, 0);
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

  /** Handles messages that have arrived and wait, above all ends of attempts. */
  readPort(): void {
    const port = this.#port;
    if (port === undefined) return;
    for (let next = receiveMessageOnPort(port); next !== undefined; next = receiveMessageOnPort(port)) {
      this.receive(next.message);
    }
  }
}
