import { closeSync, openSync, readdirSync, readFileSync, statSync } from "node:fs";
import { devNull } from "node:os";
import type { Capacity } from "../capacity.ts";
import type { WorkerThread } from "./worker-thread.ts";

/** Receives the findings about what ended attempts left in the host. */
export interface UpkeepListener {
  /** The thread is busy although it executes no attempt. */
  onRestless(thread: WorkerThread): void;
  /** The process has too much memory or too many open files. Free threads may hold them. */
  onTooLarge(): void;
  /** Ending free threads did not help: another process should take over. `reason`: part of a sentence. */
  onWorn(reason: string): void;
}

const lookMs = 500;
/** Limits the share of time in which the event loop of a free thread may be busy. */
const busyShareAtMost = 0.25;
/**
 * A free thread that is busy at this many checks in a row is restless; at one check it may finish an attempt or collect
 * garbage.
 */
const busyLooks = 2;
/** Checks between two times that free threads are ended, because their replacements must start. */
const looksBetweenEnds = 10;
const gib = 1024 ** 3;
/** The share of the process's limit of open files above which it has too many. */
const openFilesShare = 0.5;

interface Seen {
  readonly attemptCount: number;
  readonly busyLooks: number;
}

/** Checks twice a second what ended attempts left in the host: busy threads, memory, open files. */
export class Upkeep {
  readonly #memoryBytes: number;
  readonly #idle: () => readonly WorkerThread[];
  readonly #listener: UpkeepListener;
  readonly #seen = new WeakMap<WorkerThread, Seen>();
  readonly #openFilesAtMost = readOpenFilesLimit() * openFilesShare;
  #looksUntilEnd = 0;
  #looksWithManyFiles = 0;

  constructor(capacity: Capacity, idle: () => readonly WorkerThread[], listener: UpkeepListener) {
    this.#memoryBytes = capacity.overcommit ? Number.POSITIVE_INFINITY : capacity.memoryGb * gib;
    this.#idle = idle;
    this.#listener = listener;
    setInterval(() => {
      this.#findRestless();
      this.look();
    }, lookMs).unref();
  }

  /** Checks memory and open files now. Returns whether too many files are open. */
  look(): boolean {
    const hasManyFiles = nextDescriptor() >= this.#openFilesAtMost || countDescriptors() >= this.#openFilesAtMost;
    this.#looksUntilEnd -= 1;
    const isTooLarge = hasManyFiles || process.memoryUsage.rss() > this.#memoryBytes;
    if (isTooLarge && this.#looksUntilEnd <= 0) {
      this.#looksUntilEnd = looksBetweenEnds;
      this.#listener.onTooLarge();
    }
    this.#looksWithManyFiles = hasManyFiles ? this.#looksWithManyFiles + 1 : 0;
    // The first check ended the free threads and closed the files that they held.
    if (this.#looksWithManyFiles > 2) this.#listener.onWorn("code left too many files open");
    return hasManyFiles;
  }

  #findRestless(): void {
    for (const thread of this.#idle()) {
      const { attemptCount } = thread;
      // A thread without an attempt yet has run no task code: it is busy because it starts.
      if (attemptCount === 0) continue;
      const share = thread.readBusyShare();
      const seen = this.#seen.get(thread);
      const isBusy = seen?.attemptCount === attemptCount && share !== undefined && share > busyShareAtMost;
      const looks = isBusy ? seen.busyLooks + 1 : 0;
      this.#seen.set(thread, { attemptCount, busyLooks: looks });
      if (looks >= busyLooks) this.#listener.onRestless(thread);
    }
  }
}

/**
 * Returns the number that the next opened file gets; infinite when none can be opened. It is low although many files
 * are open when an ended thread has closed old ones.
 */
function nextDescriptor(): number {
  try {
    const descriptor = openSync(devNull, "r");
    closeSync(descriptor);
    return descriptor;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

/** Returns the number of open files; 0 on systems that do not report it. */
function countDescriptors(): number {
  const folder = "/proc/self/fd";
  try {
    // Linux 6.2 and later report the number as the size of the folder.
    return statSync(folder).size || readdirSync(folder).length;
  } catch {
    return 0;
  }
}

/** Returns the process's limit of open files; infinite on systems that do not report it. */
function readOpenFilesLimit(): number {
  try {
    const limit = /^Max open files\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8"))?.[1];
    return limit === undefined ? Number.POSITIVE_INFINITY : Number(limit);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
