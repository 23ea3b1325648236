import { closeSync, openSync, readdirSync, readFileSync, statSync } from "node:fs";
import { devNull } from "node:os";
import type { Capacity } from "../capacity.ts";
import type { WorkerThread } from "./worker-thread.ts";

/** What ended attempts left in the host. */
export interface UpkeepListener {
  /** The thread has nothing to do and is busy. */
  onRestless(thread: WorkerThread): void;
  /** The process has more memory or more open files than it should; threads that have nothing to do may hold them. */
  onTooLarge(): void;
  /** That did not help: another process should take over. `reason`: a sentence's part. */
  onWorn(reason: string): void;
}

const lookMs = 500;
/** The event loop of a thread that has nothing to do may be busy for this share of the time. */
const busyShareAtMost = 0.25;
/** Looks in a row at which a thread may be busy: with the last code of an attempt, or with collecting garbage. */
const busyLooks = 2;
/** Looks between two ends of idle threads for the size of the process, because other threads have to start instead. */
const looksBetweenEnds = 10;
const gib = 1024 ** 3;
/** The share of the files that the process may have open which its threads may use. */
const openFilesShare = 0.5;

interface Seen {
  readonly attemptCount: number;
  readonly busyLooks: number;
}

/** Looks twice a second at what ended attempts left in the host: busy threads, memory, open files. */
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

  /** Looks at memory and open files now. True: there are too many files. */
  look(): boolean {
    const hasManyFiles = nextDescriptor() >= this.#openFilesAtMost || countDescriptors() >= this.#openFilesAtMost;
    this.#looksUntilEnd -= 1;
    const isTooLarge = hasManyFiles || process.memoryUsage.rss() > this.#memoryBytes;
    if (isTooLarge && this.#looksUntilEnd <= 0) {
      this.#looksUntilEnd = looksBetweenEnds;
      this.#listener.onTooLarge();
    }
    this.#looksWithManyFiles = hasManyFiles ? this.#looksWithManyFiles + 1 : 0;
    // The first look ended the threads that had nothing to do, and with them what they held.
    if (this.#looksWithManyFiles > 2) this.#listener.onWorn("code left too many files open");
    return hasManyFiles;
  }

  #findRestless(): void {
    for (const thread of this.#idle()) {
      const { attemptCount } = thread;
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
 * The number that the next file gets; at least as many are open. Infinite when none can be opened. It may be low although
 * many are open, when a thread that ended has closed old ones.
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

/** How many files are open; 0 where the system does not tell. */
function countDescriptors(): number {
  const folder = "/proc/self/fd";
  try {
    // Linux 6.2 and later tell the number as the size of the folder.
    return statSync(folder).size || readdirSync(folder).length;
  } catch {
    return 0;
  }
}

/** How many files the process may have open; infinite where the system does not tell. */
function readOpenFilesLimit(): number {
  try {
    const limit = /^Max open files\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8"))?.[1];
    return limit === undefined ? Number.POSITIVE_INFINITY : Number(limit);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
