import type { Instant } from "../instant.ts";
import type { PendingTasks } from "./pending-tasks.ts";
import type { RunnerTable } from "./runner-table.ts";
import type { TaskTable } from "./task-table.ts";
import type { WorkingMemory } from "./working-memory.ts";

/**
 * Changes of runners' versions that take effect at once, and how many more each second; later ones take effect together. Each
 * costs time that grows with the number of registered tasks.
 */
export const versionRefreshes = { burst: 20, perSecond: 10 } as const;

/** What depends on the versions that connected runners have. */
export interface ConnectedVersionsDeps {
  readonly tasks: TaskTable;
  readonly runners: RunnerTable;
  readonly memory: WorkingMemory;
  readonly pending: PendingTasks;
}

/** Lets changes of the versions that connected runners have take effect. */
export class ConnectedVersions {
  readonly #deps: ConnectedVersionsDeps;
  #left: number = versionRefreshes.burst;
  #refreshedAt = 0;
  #isStale = false;

  constructor(deps: ConnectedVersionsDeps) {
    this.#deps = deps;
  }

  /** Applies what runners have now: at once, or with a later timer when there were many changes. */
  refresh(now: Instant): void {
    const refilled = ((now.monotonic - this.#refreshedAt) / 1000) * versionRefreshes.perSecond;
    const left = Math.min(versionRefreshes.burst, this.#left + refilled);
    this.#isStale = left < 1;
    if (this.#isStale) return;
    this.#left = left - 1;
    this.#refreshedAt = now.monotonic;
    this.#apply(now.monotonic);
    this.registered(now);
  }

  /** Applies changes that could not take effect at once. */
  refreshIfStale(now: Instant): void {
    if (this.#isStale) this.refresh(now);
  }

  /** Lets what the tables know take effect on lanes and on runs that wait for their task. */
  registered(now: Instant): void {
    this.#deps.memory.refreshLanes(now);
    this.#deps.pending.admit();
  }

  /** Returns versions that only old runs may need, each with when the last runner that had it went; monotonic milliseconds. */
  outdated(registeredBefore: number, now: number): ReadonlyMap<string, number> {
    if (this.#isStale) this.#apply(now);
    return this.#deps.tasks.outdated(registeredBefore);
  }

  #apply(now: number): void {
    this.#deps.tasks.setConnected(this.#deps.runners.connectedVersions(), now);
  }
}
