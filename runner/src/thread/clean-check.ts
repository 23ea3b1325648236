import { getHeapStatistics } from "node:v8";
import { ChildThreads } from "./child-threads.ts";
import { Intrinsics } from "./intrinsics.ts";
import { WatchedEnvironment } from "./watched-environment.ts";

/** A heap that is fuller than this share of its limit after an attempt would cramp the next one. */
const highHeapShare = 0.7;
/** Short attempts fill the heap slowly; it is looked at once in so many. */
const heapEvery = 64;
/** What an attempt may leave running; sockets of pools and agents are kept on purpose. */
const left = new Set(["Timeout", "ProcessWrap"]);

/**
 * Says whether a thread may execute another attempt: the last one left no timer, no child process and no thread, replaced no
 * intrinsic, wrote nothing to the environment, and took no listener away.
 */
export class CleanCheck {
  readonly #intrinsics: Intrinsics;
  readonly #environment = new WatchedEnvironment();
  readonly #activeResources = process.getActiveResourcesInfo;
  readonly #threads = new ChildThreads();
  #leftBefore = 0;
  #untilHeap = heapEvery;
  readonly #isListening: () => boolean;

  /**
   * Begins to watch this thread.
   * @param isListening - Are errors that nobody catches still told to this thread's own code?
   */
  constructor(isListening: () => boolean) {
    this.#isListening = isListening;
    this.#environment.install();
    this.#threads.install();
    this.#intrinsics = new Intrinsics();
  }

  /** A task's file was imported: what that changed belongs to the thread. */
  accept(): void {
    this.#intrinsics.accept();
    this.#environment.accept();
    this.begin();
  }

  /** An attempt begins. */
  begin(): void {
    this.#leftBefore = this.#countLeft();
  }

  /** Did the attempt leave the thread as it was? `isLong`: it is worth a look at the heap. */
  isClean(isLong: boolean): boolean {
    return (
      this.#countLeft() <= this.#leftBefore &&
      this.#intrinsics.areUnchanged() &&
      this.#environment.isUnchanged &&
      this.#isListening() &&
      !this.#isHeapHigh(isLong)
    );
  }

  #countLeft(): number {
    let { count } = this.#threads;
    for (const resource of this.#activeResources()) if (left.has(resource)) count += 1;
    return count;
  }

  #isHeapHigh(isLong: boolean): boolean {
    this.#untilHeap -= 1;
    if (!isLong && this.#untilHeap > 0) return false;
    this.#untilHeap = heapEvery;
    const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics();
    return used > limit * highHeapShare;
  }
}
