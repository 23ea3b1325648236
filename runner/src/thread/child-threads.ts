import { syncBuiltinESMExports } from "node:module";
import workerThreads from "node:worker_threads";

/** Counts the threads that code of this thread started and that live: no list of active resources has them. */
export class ChildThreads {
  #count = 0;

  /** Threads that live. */
  get count(): number {
    return this.#count;
  }

  /** Puts itself between code and `Worker`. The event of the process for new threads comes too late, after the attempt. */
  install(): void {
    const onStart = (worker: workerThreads.Worker) => {
      this.#count += 1;
      worker.once("exit", () => {
        this.#count -= 1;
      });
    };
    workerThreads.Worker = class Worker extends workerThreads.Worker {
      constructor(filename: string | URL, options?: workerThreads.WorkerOptions) {
        super(filename, options);
        onStart(this);
      }
    };
    syncBuiltinESMExports();
  }
}
