import { knownMachine } from "@baton/proto/contract/machine";
import type { AttemptUsage } from "@baton/proto/contract/outcome";
import { heapLimits } from "../heap-limits.ts";
import type { WorkerThread } from "./worker-thread.ts";

/** Receives the findings about running attempts. */
export interface WatchListener {
  /** The attempt uses more memory than its machine preset has. */
  onTooMuchMemory(thread: WorkerThread, message: string): void;
  /** The process is too large, and this attempt may be the cause: its thread is too busy to be measured. */
  onSuspectMemory(thread: WorkerThread, message: string): void;
  /** Code of an earlier attempt keeps the thread: its attempt never began, or cannot go on. */
  onBlocked(thread: WorkerThread): void;
  /** The attempt's thread was silent for longer than `stallTimeoutMs`. */
  onStalled(thread: WorkerThread): void;
  /** Called ten times a second for every running attempt except short ones. */
  onTick(thread: WorkerThread): void;
}

/** A measured attempt. Times by `performance.now()`. */
interface Watched {
  readonly thread: WorkerThread;
  readonly attemptId: string;
  readonly limitBytes: number;
  /** Time of the thread's last answer or, while a question is open, of that question. */
  heardAt: number;
  isAsked: boolean;
  bytes: number;
  /** Since when the attempt has used more than its machine preset has. */
  overSince: number | undefined;
  peakHeapBytes: number | undefined;
  peakExternalBytes: number | undefined;
}

const mib = 1024 ** 2;
const tickMs = 100;
/** Attempts shorter than this are not measured. Milliseconds. */
const measuredMs = 50;
/**
 * An attempt that has not begun after this many milliseconds is blocked. A free thread begins far sooner, even under
 * load.
 */
const blockedMs = 5_000;
/** Limits how long code of an ended attempt may keep the thread of another, in milliseconds. */
const lateCodeMs = 1_000;
/** A thread that does not answer for this many milliseconds is busy. */
const busyMs = 300;
/**
 * Unreferenced buffers count until they are collected, so an attempt may exceed its limit by this much for
 * `collectedMs`.
 */
const garbageBytes = 128 * mib;
const collectedMs = 1_000;
/** Memory of a host without threads, estimated generously. */
const processBytes = 256 * mib;
/** Memory of a thread that is not measured: young generation, code and stack. */
const threadBytes = 64 * mib;

/**
 * Measures attempts that take longer. In Node.js 24 and later the host reads a thread's memory from outside; otherwise
 * it asks the thread. When a thread is too busy to answer, only the size of the whole process shows its use.
 */
export class ThreadWatch {
  readonly #listener: WatchListener;
  readonly #stallTimeoutMs: number | undefined;
  readonly #running: ReadonlyMap<string, WorkerThread>;
  readonly #countThreads: () => number;
  readonly #watched = new Map<string, Watched>();
  /** Code of ended attempts that was found running, by thread. */
  readonly #lateCode = new WeakMap<WorkerThread, { readonly number: number; readonly since: number }>();
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param running - threads by the attempts that they were given
   * @param countThreads - returns the number of living threads
   */
  constructor(
    running: ReadonlyMap<string, WorkerThread>,
    countThreads: () => number,
    stallTimeoutMs: number | undefined,
    listener: WatchListener,
  ) {
    this.#running = running;
    this.#countThreads = countThreads;
    this.#stallTimeoutMs = stallTimeoutMs;
    this.#listener = listener;
  }

  /** Starts measuring, because attempts run. Does nothing when it is started already. */
  start(): void {
    this.#timer ??= setInterval(() => this.#tick(), tickMs);
  }

  /** Notes the answer of an attempt's thread. */
  measured(attemptId: string, heapBytes: number, externalBytes: number): void {
    const watched = this.#watched.get(attemptId);
    if (watched === undefined) return;
    watched.heardAt = performance.now();
    watched.isAsked = false;
    this.#note(watched, heapBytes, externalBytes);
  }

  /** Stops watching an attempt that is over, and returns its usage; undefined when it was not measured. */
  take(attemptId: string): AttemptUsage | undefined {
    const watched = this.#watched.get(attemptId);
    if (watched === undefined) return undefined;
    this.#watched.delete(attemptId);
    const { peakExternalBytes, peakHeapBytes } = watched;
    return peakHeapBytes === undefined ? undefined : { peakHeapBytes, peakExternalBytes };
  }

  #tick(): void {
    if (this.#running.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
      return;
    }
    const now = performance.now();
    for (const [attemptId, thread] of this.#running) {
      const { attempt } = thread;
      if (attempt?.attemptId !== attemptId) continue;
      const ageMs = now - attempt.beganAt;
      if (thread.isTerminating || ageMs < measuredMs) continue;
      this.#listener.onTick(thread);
      if ((ageMs > blockedMs && !thread.hasBegun) || this.#isHeldByLateCode(thread, now))
        this.#listener.onBlocked(thread);
      else this.#measure(this.#watched.get(attemptId) ?? this.#watch(attemptId, thread), now);
    }
    this.#checkProcess(now);
  }

  /** Whether code of an ended attempt has kept the thread for longer than `lateCodeMs`. */
  #isHeldByLateCode(thread: WorkerThread, now: number): boolean {
    const { lateCode } = thread;
    if (lateCode === undefined) return false;
    const seen = this.#lateCode.get(thread);
    if (seen?.number !== lateCode) this.#lateCode.set(thread, { number: lateCode, since: now });
    return seen?.number === lateCode && now - seen.since > lateCodeMs;
  }

  #watch(attemptId: string, thread: WorkerThread): Watched {
    const watched: Watched = {
      thread,
      attemptId,
      limitBytes: heapLimits(knownMachine(thread.machine)).totalMb * mib,
      heardAt: performance.now(),
      isAsked: false,
      bytes: 0,
      overSince: undefined,
      peakHeapBytes: undefined,
      peakExternalBytes: undefined,
    };
    this.#watched.set(attemptId, watched);
    return watched;
  }

  #measure(watched: Watched, now: number): void {
    const { attemptId, thread } = watched;
    const isSeen = thread.readHeap((heapBytes, externalBytes) => {
      if (this.#watched.get(attemptId) === watched) this.#note(watched, heapBytes, externalBytes);
    });
    if (isSeen && this.#stallTimeoutMs === undefined) {
      watched.heardAt = now;
      return;
    }
    if (!watched.isAsked) thread.post({ type: "measure", attemptId });
    // The silence begins with the first unanswered question.
    if (!watched.isAsked) watched.heardAt = now;
    watched.isAsked = true;
    if (this.#stallTimeoutMs !== undefined && now - watched.heardAt > this.#stallTimeoutMs) {
      this.#listener.onStalled(thread);
    }
  }

  #note(watched: Watched, heapBytes: number, externalBytes: number): void {
    // The runner refuses a message with another number and ends the host that sent it.
    if (!Number.isSafeInteger(heapBytes) || !Number.isSafeInteger(externalBytes) || externalBytes < 0) return;
    watched.bytes = heapBytes + externalBytes;
    watched.peakHeapBytes = Math.max(watched.peakHeapBytes ?? 0, heapBytes);
    watched.peakExternalBytes = Math.max(watched.peakExternalBytes ?? 0, externalBytes);
    if (watched.bytes <= watched.limitBytes) {
      watched.overSince = undefined;
      return;
    }
    const now = performance.now();
    watched.overSince ??= now;
    if (watched.bytes < watched.limitBytes + garbageBytes && now - watched.overSince < collectedMs) return;
    const message = `${toMib(heapBytes)} MiB in the heap and ${toMib(externalBytes)} MiB outside it are more than ${watched.thread.machine} has.`;
    this.#listener.onTooMuchMemory(watched.thread, message);
  }

  /**
   * Compares the size of the process with the expected size. Only a busy thread can use memory that no measurement
   * shows.
   */
  #checkProcess(now: number): void {
    const busy: Watched[] = [];
    let expectedBytes = processBytes + threadBytes * this.#countThreads();
    for (const watched of this.#watched.values()) {
      const isBusy = watched.isAsked && now - watched.heardAt > busyMs;
      if (isBusy) busy.push(watched);
      expectedBytes += isBusy ? watched.limitBytes : watched.bytes;
    }
    if (busy.length === 0) return;
    const residentBytes = process.memoryUsage.rss();
    if (residentBytes <= expectedBytes) return;
    const message = `The process has ${toMib(residentBytes)} MiB where ${toMib(expectedBytes)} MiB are expected.`;
    for (const { thread } of busy) this.#listener.onSuspectMemory(thread, message);
  }
}

function toMib(bytes: number): number {
  return Math.round(bytes / mib);
}
