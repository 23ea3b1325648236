import { knownMachine } from "@baton/proto/contract/machine";
import type { AttemptUsage } from "@baton/proto/contract/outcome";
import { heapLimits } from "../heap-limits.ts";
import type { WorkerThread } from "./worker-thread.ts";

/** What the watch finds out about attempts. */
export interface WatchListener {
  /** The attempt uses more memory than its machine has. */
  onTooMuchMemory(thread: WorkerThread, message: string): void;
  /** The process is too large and this attempt's thread is busy and cannot be measured: it may be the cause. */
  onSuspectMemory(thread: WorkerThread, message: string): void;
  /** Code of an earlier attempt keeps the thread: this one never began, or does not go on. */
  onBlocked(thread: WorkerThread): void;
  /** The attempt's thread was silent for longer than the setting allows. */
  onStalled(thread: WorkerThread): void;
  /** The attempt goes on. Told ten times a second, except of short attempts. */
  onTick(thread: WorkerThread): void;
}

/** An attempt that is measured. Times by `performance.now()`. */
interface Watched {
  readonly thread: WorkerThread;
  readonly attemptId: string;
  readonly limitBytes: number;
  /** When its thread was last heard of. */
  heardAt: number;
  isAsked: boolean;
  bytes: number;
  /** Since when it has used more than its machine has. */
  overSince: number | undefined;
  peakHeapBytes: number | undefined;
  peakExternalBytes: number | undefined;
}

const mib = 1024 ** 2;
const tickMs = 100;
/** Attempts shorter than this are not measured. */
const measuredMs = 50;
/** A thread that has nothing else to do begins in far less, on a crowded machine too. */
const blockedMs = 5_000;
/** Code of an ended attempt may keep the thread of another for so long. */
const lateCodeMs = 1_000;
/** A thread that does not answer for so long is busy. */
const busyMs = 300;
/** Buffers that nobody holds any more count until they are collected: so much may be passed for so long. */
const garbageBytes = 128 * mib;
const collectedMs = 1_000;
/** What a host takes without any thread, in bytes, generously. */
const processBytes = 256 * mib;
/** What a thread takes beside what it is seen to use: its young generation, its code, its stack. */
const threadBytes = 64 * mib;

/**
 * Measures the attempts that take longer. Where Node.js offers it (24 and later) threads are looked at from outside; else
 * they are asked, and of one that is too busy to answer only the size of the whole process tells something.
 */
export class ThreadWatch {
  readonly #listener: WatchListener;
  readonly #stallTimeoutMs: number | undefined;
  readonly #running: ReadonlyMap<string, WorkerThread>;
  readonly #countThreads: () => number;
  readonly #watched = new Map<string, Watched>();
  /** The code of ended attempts that was seen to run. */
  readonly #lateCode = new WeakMap<WorkerThread, { readonly number: number; readonly since: number }>();
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param running threads by the attempt that they execute
   * @param countThreads all threads that live
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

  /** Attempts are running; costs nothing when that is known. */
  start(): void {
    this.#timer ??= setInterval(() => this.#tick(), tickMs);
  }

  /** The attempt's thread answered. */
  measured(attemptId: string, heapBytes: number, externalBytes: number): void {
    const watched = this.#watched.get(attemptId);
    if (watched === undefined) return;
    watched.heardAt = performance.now();
    watched.isAsked = false;
    this.#note(watched, heapBytes, externalBytes);
  }

  /** The attempt is over: what was seen of it. */
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
      const ageMs = now - (thread.attempt?.beganAt ?? now);
      if (thread.isTerminating || ageMs < measuredMs) continue;
      this.#listener.onTick(thread);
      if ((ageMs > blockedMs && !thread.hasBegun) || this.#isHeldByLateCode(thread, now))
        this.#listener.onBlocked(thread);
      else this.#measure(this.#watched.get(attemptId) ?? this.#watch(attemptId, thread), now);
    }
    this.#checkProcess(now);
  }

  /** Has code of an ended attempt kept the thread for long? */
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
    // The silence begins with the first question that is not answered.
    if (!watched.isAsked) watched.heardAt = now;
    watched.isAsked = true;
    if (this.#stallTimeoutMs !== undefined && now - watched.heardAt > this.#stallTimeoutMs) {
      this.#listener.onStalled(thread);
    }
  }

  #note(watched: Watched, heapBytes: number, externalBytes: number): void {
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

  /** What cannot be seen in any thread shows in the size of the process, and only a busy thread can have made it. */
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
