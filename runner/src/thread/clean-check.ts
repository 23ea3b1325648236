import { getHeapStatistics as readHeap } from "node:v8";
import type { ChildProcesses } from "./child-processes.ts";
import { ChildThreads } from "./child-threads.ts";
import { Intrinsics } from "./intrinsics.ts";
import { Observers } from "./observers.ts";
import { SharedFunctions } from "./shared-functions.ts";
import { WatchedEnvironment } from "./watched-environment.ts";

const elapsed = performance.now.bind(performance);

/** A heap that is fuller than this share of its limit after an attempt would cramp the next one. */
const highHeapShare = 0.7;
/** Short attempts between two looks at the heap, which they fill slowly. */
const heapEvery = 64;
/** The time between two comparisons of functions that few programs call, after short attempts, in milliseconds. */
const functionsEveryMs = 100;
/** A thread whose attempt keeps more outside the heap than this is not used again. */
const keptBytesAtMost = 128 * 1024 ** 2;
/** The heap is looked at after attempts that together took so long. */
const heapEveryMs = 20;
/** What an attempt may leave running; sockets of pools and agents are kept on purpose. */
const left = new Set(["Timeout"]);

/** Events of the process that other code causes: a listener that stays would be called for the next attempt. */
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
 * Says whether a thread may execute another attempt: the last one left no timer, no child process, no thread, no observer of
 * what the thread does and no large memory, replaced no function that all code shares, wrote nothing to the environment, and
 * neither added nor took away a listener of errors and warnings.
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
  #listenersBefore = 0;
  readonly #functions: SharedFunctions;
  #functionsAt = 0;
  #leftBefore = 0;
  #untilHeap = heapEvery;
  #untilHeapMs = heapEveryMs;
  #externalBytes = 0;
  readonly #isListening: () => boolean;

  /**
   * Begins to watch this thread.
   * @param children - the child processes that code of the thread starts
   * @param isListening - Are errors that nobody catches still told to this thread's own code?
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

  /** A task's file was imported: what that changed belongs to the thread. */
  accept(): void {
    this.#intrinsics.accept();
    this.#functions.accept();
    this.#externalBytes = readHeap().external_memory;
    this.#environment.accept();
    this.begin();
  }

  /** An attempt begins. */
  begin(): void {
    this.#leftBefore = this.#countLeft();
    this.#listenersBefore = this.#countSharedListeners();
  }

  /** Is the thread still fit for an attempt? Code that an earlier one left behind may have broken it meanwhile. */
  isFit(): boolean {
    return this.#intrinsics.areUnchanged();
  }

  /** Did the attempt, which took so long, leave the thread as it was? */
  isClean(activeMs: number): boolean {
    return (
      this.#countLeft() <= this.#leftBefore &&
      this.#intrinsics.areUnchanged() &&
      this.#areFunctionsUnchanged(activeMs) &&
      this.#environment.isUnchanged &&
      !this.#threads.hasSharedEnvironment &&
      this.#isListening() &&
      this.#countSharedListeners() === this.#listenersBefore &&
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

  #countLeft(): number {
    let count = this.#threads.count + this.#children.count + this.#observers.count;
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
