import type { LoadedPage } from "../event.ts";
import type { Instant } from "../instant.ts";
import { admitted } from "../life/new-run.ts";
import type { StepRecord } from "../step-record.ts";
import type { TaskTable } from "./task-table.ts";
import type { WorkingMemory } from "./working-memory.ts";

/** The most runs in one page of runs that wait for a task. */
export const pendingPageRuns = 1_000;

/** The parts of the core that pending tasks work with. */
export interface PendingTasksDeps {
  readonly tasks: TaskTable;
  readonly memory: WorkingMemory;
  readonly record: StepRecord;
}

/** Tasks that no version contains and that runs wait for. Until registration, the runs are only in the store. */
export class PendingTasks {
  readonly #deps: PendingTasksDeps;
  readonly #taskIds = new Set<string>();
  /** The tasks whose runs are being read. True: since then another run waits, which the pages may not have. */
  readonly #reading = new Map<string, boolean>();

  constructor(deps: PendingTasksDeps) {
    this.#deps = deps;
  }

  /** Notes that the store has runs that wait for these tasks. */
  add(taskIds: readonly string[]): void {
    for (const taskId of taskIds) this.#taskIds.add(taskId);
    this.admit();
  }

  /** Notes that a run waits for this task from now on. */
  await(taskId: string): void {
    this.#taskIds.add(taskId);
    if (this.#reading.has(taskId)) this.#reading.set(taskId, true);
  }

  /** Has the runs read whose tasks are registered by now. */
  admit(): void {
    for (const taskId of this.#taskIds) {
      if (!this.#reading.has(taskId) && this.#deps.tasks.isRegistered(taskId)) this.#read(taskId);
    }
  }

  /** Queues the runs of a page. */
  merge(now: Instant, taskId: string, page: LoadedPage): void {
    const { memory, tasks } = this.#deps;
    const task = tasks.find(taskId);
    if (task === undefined) {
      // The task was deleted during the read. When it is registered again, its runs are read again.
      this.#reading.delete(taskId);
      return;
    }
    for (const run of page.runs) {
      if (run.status !== "pendingVersion" || memory.find(run.id) !== undefined) continue;
      memory.put(now, run, admitted(run, task.definition, now.wall));
    }
    if (page.end !== undefined) return this.#load(taskId, page.end);
    if (this.#reading.get(taskId)) return this.#read(taskId);
    this.#taskIds.delete(taskId);
    this.#reading.delete(taskId);
  }

  #read(taskId: string): void {
    this.#reading.set(taskId, false);
    this.#load(taskId, undefined);
  }

  #load(taskId: string, after: LoadedPage["end"]): void {
    this.#deps.record.emit({ type: "loadPending", taskId, after, limit: pendingPageRuns });
  }
}
