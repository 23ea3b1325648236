import { getHeapStatistics as readHeap } from "node:v8";
import type { ChildProcesses } from "./child-processes.ts";
import { ChildThreads } from "./child-threads.ts";
import { Intrinsics } from "./intrinsics.ts";
import { Observers } from "./observers.ts";
import { SharedFunctions } from "./shared-functions.ts";
import { WatchedEnvironment } from "./watched-environment.ts";

const elapsed = performance.now.bind(performance);

/** A thread is not used again when its heap is fuller than this share of its limit after an attempt. */
const highHeapShare = 0.7;
/** Short attempts between two checks of the heap, which they fill slowly. */
const heapEvery = 64;
/** Time between two comparisons of the shared functions after short attempts, in milliseconds. */
const functionsEveryMs = 100;
/** A thread whose attempt keeps more outside the heap than this is not used again. */
const keptBytesAtMost = 128 * 1024 ** 2;
/** The heap is checked after attempts with this much active time together, in milliseconds. */
const heapEveryMs = 20;
/**
 * Resources that an attempt must not leave; sockets are not among them, because pools and agents keep theirs on
 * purpose.
 */
const left = new Set(["Timeout"]);

/** Events of the process that other code causes: a remaining listener would be called during the next attempt. */
const sharedEvents = [
  "uncaughtException",
  "uncaughtExceptionMonitor",
  "unhandledRejection",
  "rejectionHandled",
  "warning",
  "newListener",
  "removeListener",
] as const;

/**
 * Decides whether a thread is clean and may execute another attempt. It is clean when the last attempt left no timer,
 * child process, thread, observer or large memory, replaced no shared function, did not change the environment, and
 * neither added nor removed a listener for errors and warnings.
 */
export class CleanCheck {
  readonly #intrinsics: Intrinsics;
  readonly #environment = new WatchedEnvironment();
  readonly #activeResources = process.getActiveResourcesInfo;
  readonly #children: ChildProcesses;
  readonly #threads = new ChildThreads();
  readonly #observers = new Observers();
  readonly #countListeners = process.listenerCount.bind(process) as (name: string) => number;
  readonly #areErrorsCaptured = process.hasUncaughtExceptionCaptureCallback.bind(process);
  #listeners: number | undefined;
  readonly #functions: SharedFunctions;
  #functionsAt = 0;
  #resources = 0;
  #leftBefore = 0;
  #untilHeap = heapEvery;
  #untilHeapMs = heapEveryMs;
  #externalBytes = 0;
  readonly #isListening: () => boolean;

  /**
   * Begins to watch this thread.
   * @param children - the child processes that code of the thread starts
   * @param isListening - returns whether this thread's own listeners for uncaught errors are still registered
   */
  constructor(children: ChildProcesses, isListening: () => boolean) {
    this.#children = children;
    this.#isListening = isListening;
    this.#environment.install();
    this.#threads.install();
    this.#observers.install();
    this.#intrinsics = new Intrinsics();
    this.#functions = new SharedFunctions();
  }

  /** Accepts the current state as the thread's own, after the import of a task's file. */
  accept(): void {
    this.#intrinsics.accept();
    this.#functions.accept();
    this.#externalBytes = readHeap().external_memory;
    this.#environment.accept();
    this.#listeners = undefined;
    this.#resources = this.#countResources();
    this.begin();
  }

  /**
   * Notes the state at the beginning of an attempt. What the last attempt ended with still counts, because counting
   * resources and listeners again takes 0.8 µs: resources that are not there cannot have ended meanwhile, and what late
   * code adds makes the thread unclean.
   */
  begin(): void {
    if (this.#resources > 0) this.#resources = this.#countResources();
    this.#listeners ??= this.#countSharedListeners();
    this.#leftBefore = this.#resources + this.#countOwned();
  }

  /**
   * Whether the thread can still execute an attempt: code left by an earlier one may have replaced intrinsics since.
   */
  isFit(): boolean {
    return this.#intrinsics.areUnchanged();
  }

  /** Whether the attempt, with `activeMs` of active time, left the thread clean. */
  isClean(activeMs: number): boolean {
    this.#resources = this.#countResources();
    return (
      this.#resources + this.#countOwned() <= this.#leftBefore &&
      this.#intrinsics.areUnchanged() &&
      this.#areFunctionsUnchanged(activeMs) &&
      this.#environment.isUnchanged &&
      !this.#threads.hasSharedEnvironment &&
      this.#isListening() &&
      this.#countSharedListeners() === this.#listeners &&
      !this.#isMemoryHigh(activeMs)
    );
  }

  #areFunctionsUnchanged(activeMs: number): boolean {
    const at = elapsed();
    if (activeMs < heapEveryMs && at - this.#functionsAt < functionsEveryMs) return true;
    this.#functionsAt = at;
    return this.#functions.areUnchanged();
  }

  #countSharedListeners(): number {
    let count = this.#areErrorsCaptured() ? 1 : 0;
    for (const name of sharedEvents) count += this.#countListeners(name);
    return count;
  }

  #countOwned(): number {
    return this.#threads.count + this.#children.count + this.#observers.count;
  }

  #countResources(): number {
    let count = 0;
    for (const resource of this.#activeResources()) if (left.has(resource)) count += 1;
    return count;
  }

  #isMemoryHigh(activeMs: number): boolean {
    this.#untilHeap -= 1;
    this.#untilHeapMs -= activeMs;
    if (this.#untilHeap > 0 && this.#untilHeapMs > 0) return false;
    this.#untilHeap = heapEvery;
    this.#untilHeapMs = heapEveryMs;
    const { external_memory: external, used_heap_size: used, heap_size_limit: limit } = readHeap();
    return used > limit * highHeapShare || external - this.#externalBytes > keptBytesAtMost;
  }
}
