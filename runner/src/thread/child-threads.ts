import { syncBuiltinESMExports } from "node:module";
import workerThreads from "node:worker_threads";

/**
 * Counts the threads that code of this thread started and that live: no list of active resources has them. Each gets at most the
 * heap that this thread has.
 */
export class ChildThreads {
  #count = 0;
  #hasSharedEnvironment = false;

  /** Threads that live. */
  get count(): number {
    return this.#count;
  }

  /** Did one get the environment of this thread itself, where its changes are seen? */
  get hasSharedEnvironment(): boolean {
    return this.#hasSharedEnvironment;
  }

  /** Puts itself between code and `Worker`. The event of the process for new threads comes too late, after the attempt. */
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

/** The limits as they were given, but none above this thread's own. Node.js takes 0 and less for no limit. */
function withinOwn(given: workerThreads.ResourceLimits = {}): workerThreads.ResourceLimits {
  const limits = { ...given };
  for (const name of ["maxOldGenerationSizeMb", "maxYoungGenerationSizeMb"] as const) {
    const own = workerThreads.resourceLimits[name] ?? 0;
    const asked = given[name] ?? 0;
    if (own > 0) limits[name] = asked > 0 ? Math.min(asked, own) : own;
  }
  return limits;
}
