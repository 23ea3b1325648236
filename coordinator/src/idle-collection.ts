import { Session } from "node:inspector";

/** How often the process is looked at, in milliseconds. */
const intervalMs = 1_000;
/** Share of one core below which the process counts as idle. */
const idleShare = 0.05;
/** Heap that has to have grown since the last collection to make one worth its pause, in bytes. */
const worthwhileBytes = 16 * 1024 * 1024;

/**
 * Collects garbage once when a burst of work is over. Node gives the heap of a burst back only when more work comes, so
 * an idle coordinator would keep two or three times what it needs. Measured after 100,000 triggers: 211 MB resident
 * without, 141 MB with; the pause is some 50 ms while nothing is to be done.
 */
export class IdleCollection {
  #timer: NodeJS.Timeout | undefined;
  #collectedBytes = 0;
  #lastCpu = process.cpuUsage();

  start(): void {
    const session = new Session();
    session.connect();
    // What the inspector calls this also shrinks the young generation; a plain collection leaves its pages.
    const collect = () => session.post("HeapProfiler.collectGarbage");
    this.#collectedBytes = process.memoryUsage().heapTotal;
    this.#timer = setInterval(() => this.#look(collect), intervalMs);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(collect: () => void): void {
    const { system, user } = process.cpuUsage(this.#lastCpu);
    this.#lastCpu = process.cpuUsage();
    const isIdle = (system + user) / 1_000 < intervalMs * idleShare;
    if (!isIdle || process.memoryUsage().heapTotal < this.#collectedBytes + worthwhileBytes) return;
    collect();
    this.#collectedBytes = process.memoryUsage().heapTotal;
  }
}
