import type { Instant } from "../instant.ts";
import type { PendingTasks } from "./pending-tasks.ts";
import type { RunnerTable } from "./runner-table.ts";
import type { TaskTable } from "./task-table.ts";
import type { WorkingMemory } from "./working-memory.ts";

/**
 * How many changes of runners' versions take effect at once, and how many more each second; further changes take effect
 * together, later. Each application costs time that grows with the number of registered tasks.
 */
export const versionRefreshes = { burst: 20, perSecond: 10 } as const;

/** The parts of the core that depend on the versions of connected runners. */
export interface ConnectedVersionsDeps {
  readonly tasks: TaskTable;
  readonly runners: RunnerTable;
  readonly memory: WorkingMemory;
  readonly pending: PendingTasks;
}

/** Applies changes of the versions that connected runners have. */
export class ConnectedVersions {
  readonly #deps: ConnectedVersionsDeps;
  #left: number = versionRefreshes.burst;
  #refreshedAt = 0;
  #isStale = false;

  constructor(deps: ConnectedVersionsDeps) {
    this.#deps = deps;
  }

  /** Applies the runners' versions: at once, or with a later timer if there were many changes. */
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

  /** Updates lanes, and runs that wait for their task, after the known tasks changed. */
  registered(now: Instant): void {
    this.#deps.memory.refreshLanes(now);
    this.#deps.pending.admit();
  }

  /** Returns versions that only old runs may need, each with the monotonic time when its last runner went. */
  outdated(registeredBefore: number, now: number): ReadonlyMap<string, number> {
    if (this.#isStale) this.#apply(now);
    return this.#deps.tasks.outdated(registeredBefore);
  }

  #apply(now: number): void {
    this.#deps.tasks.setConnected(this.#deps.runners.connectedVersions(), now);
  }
}
