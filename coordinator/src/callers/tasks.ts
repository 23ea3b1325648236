import type { VersionedTask } from "../core/scheduling/task-table.ts";
import type { Engine } from "../engine/engine.ts";

/** A task that is registered, in its newest version. */
export interface RegisteredTask extends VersionedTask {
  /** Connected runners that have the task. */
  readonly runnerCount: number;
}

/** What callers ask about tasks. */
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
