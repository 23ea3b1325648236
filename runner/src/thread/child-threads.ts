import { syncBuiltinESMExports } from "node:module";
import workerThreads from "node:worker_threads";

/**
 * Counts the living threads that code of this thread started, because lists of active resources leave them out. Limits
 * their heap to that of this thread.
 */
export class ChildThreads {
  #count = 0;
  #hasSharedEnvironment = false;

  /** Number of living threads. */
  get count(): number {
    return this.#count;
  }

  /** Whether one of the threads shares the environment of this thread, and can change it. */
  get hasSharedEnvironment(): boolean {
    return this.#hasSharedEnvironment;
  }

  /** Replaces `Worker`. The process emits its event for new threads too late, after the attempt. */
  install(): void {
    const onStart = (worker: workerThreads.Worker, options: workerThreads.WorkerOptions | undefined) => {
      if (options?.env === workerThreads.SHARE_ENV) this.#hasSharedEnvironment = true;
      this.#count += 1;
      worker.once("exit", () => {
        this.#count -= 1;
      });
    };
    workerThreads.Worker = class Worker extends workerThreads.Worker {
      constructor(filename: string | URL, options?: workerThreads.WorkerOptions) {
        super(filename, { ...options, resourceLimits: withinOwn(options?.resourceLimits) });
        onStart(this, options);
      }
    };
    syncBuiltinESMExports();
  }
}

/** Returns the given limits, cut to those of this thread. For Node.js, 0 and less mean no limit. */
function withinOwn(given: workerThreads.ResourceLimits = {}): workerThreads.ResourceLimits {
  const limits = { ...given };
  for (const name of ["maxOldGenerationSizeMb", "maxYoungGenerationSizeMb"] as const) {
    const own = workerThreads.resourceLimits[name] ?? 0;
    const asked = given[name] ?? 0;
    if (own > 0) limits[name] = asked > 0 ? Math.min(asked, own) : own;
  }
  return limits;
}
