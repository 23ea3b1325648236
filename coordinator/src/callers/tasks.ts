import type { VersionedTask } from "../core/scheduling/task-table.ts";
import type { Engine } from "../engine/engine.ts";

/** A registered task in its newest version. */
export interface RegisteredTask extends VersionedTask {
  /** The number of connected runners that have the task's current version. */
  readonly runnerCount: number;
}

/** Callers' requests about tasks. */
export class Tasks {
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  isRegistered(taskId: string): boolean {
    return this.#engine.partition.tasks.isRegistered(taskId);
  }

  list(): readonly RegisteredTask[] {
    return this.#engine.partition.listTasks();
  }
}
