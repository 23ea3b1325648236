import { isSolo, type Run } from "../life/run.ts";
import { laneKeyOf } from "./lane.ts";
import type { RunnerTable } from "./runner-table.ts";
import type { SlotTable } from "./slot-table.ts";
import type { TaskTable } from "./task-table.ts";
import type { WorkingMemory } from "./working-memory.ts";

/** The parts of the core that an explanation reads. */
export interface Explained {
  readonly tasks: Pick<TaskTable, "definitionIn" | "graceLeftMs" | "versionFor">;
  readonly runners: Pick<RunnerTable, "all">;
  readonly slots: Pick<SlotTable, "countHolders" | "environmentSlots" | "hasRoom" | "limitOf">;
  readonly memory: Pick<WorkingMemory, "firstOf">;
}

/**
 * Explains in one line what a run waits for: a run that is queued, or whose task is not registered.
 *
 * @param now - monotonic milliseconds
 */
export function explain(run: Run, { memory, runners, slots, tasks }: Explained, now: number): string {
  if (run.status === "pendingVersion") {
    return `The task "${run.taskId}" is not registered. Start a runner whose task files export it.`;
  }
  const limit = slots.limitOf(run.queue);
  if (limit === 0) return `Its queue "${run.queue}" has a concurrency limit of 0, so nothing in it starts.`;
  const task = tasks.versionFor(run.taskId, run.version ?? "", now);
  if (task === undefined) return explainVersion(run, tasks, now);
  const machine = run.machine ?? task.definition.machine;
  const capable = [...runners.all()].filter((runner) => runner.isConnected && runner.versions.has(task.version));
  if (!capable.some((runner) => runner.everFits(machine))) {
    return `No connected runner is as large as its machine "${machine}"; start a larger one, or one with --overcommit.`;
  }
  if (limit !== undefined && slots.countHolders(run.queue, run.concurrencyKey ?? "") >= limit) {
    return `Its queue "${run.queue}" is at its concurrency limit of ${limit}.`;
  }
  if (!slots.hasRoom) return `All queues together are at the environment's limit of ${slots.environmentSlots}.`;
  if (isSolo(run) && capable.every((runner) => runner.hasSolo)) {
    return "It was in flight when hosts aborted, so it runs alone in one, and waits for another such run.";
  }
  if (capable.every((runner) => runner.pausedUntil > now)) {
    return "Every runner that has its task gave back what it was given; they are tried again in a few seconds.";
  }
  if (capable.every((runner) => runner.isDraining)) return "Every runner that has its task is shutting down.";
  const ahead = memory.firstOf(laneKeyOf(run));
  const behind = ahead !== undefined && ahead.id !== run.id ? " and for the runs ahead of it" : "";
  return `It waits for a free thread on ${capable.length} runner${capable.length === 1 ? "" : "s"}${behind}.`;
}

function explainVersion({ taskId, version }: Run, tasks: Explained["tasks"], now: number): string {
  if (version === undefined) return `No connected runner has the task "${taskId}".`;
  const missing = `No connected runner has version ${version} of the task "${taskId}"`;
  if (tasks.definitionIn(version, taskId)?.pinVersion) {
    return `${missing}, and pinVersions keeps the run to that one.`;
  }
  const graceMs = tasks.graceLeftMs(version, now);
  if (graceMs === 0) return `${missing}, nor another one that it could take.`;
  return `${missing}; in ${Math.ceil(graceMs / 1000)} s it takes another one that a runner has.`;
}
