import type { MachineName } from "@baton/proto/contract/machine";
import type { Run } from "../life/run.ts";
import { comesFirst, type Lane, LaneHeap, type Placement } from "./lane-heap.ts";
import type { Need, Runner, RunnerTable } from "./runner-table.ts";
import type { QueueCopy, SlotTable } from "./slot-table.ts";
import type { TaskTable, VersionedTask } from "./task-table.ts";

/** A queued run, and the runner that gets it. */
export interface Choice {
  readonly run: Run;
  readonly runner: Runner;
  readonly machine: MachineName;
  readonly task: VersionedTask;
}

/** The parts of the core that a dispatcher reads. */
export interface DispatcherDeps {
  readonly tasks: TaskTable;
  readonly runners: RunnerTable;
  readonly slots: SlotTable;
}

/**
 * Chooses which queued run goes to which runner next. Lanes that can be dispatched wait in heaps, one heap for each
 * need. Code that changes a lane, a limit or a version refreshes the lanes that depend on it. Times are monotonic
 * milliseconds.
 */
export class Dispatcher {
  readonly #tasks: TaskTable;
  readonly #runners: RunnerTable;
  readonly #slots: SlotTable;
  readonly #placements = new Map<string, Placement>();

  constructor({ runners, slots, tasks }: DispatcherDeps) {
    this.#tasks = tasks;
    this.#runners = runners;
    this.#slots = slots;
  }

  /** Moves a lane to the heap where it can be dispatched, or to none while it cannot. */
  refresh(lane: Lane, now: number): void {
    const before = lane.placement;
    const placement = this.#placementOf(lane, now);
    if (before === placement) {
      placement?.heap.update(lane);
      return;
    }
    if (before !== undefined) {
      before.heap.remove(lane);
      if (before.heap.size === 0) this.#placements.delete(before.key);
    }
    lane.placement = placement;
    placement?.heap.add(lane);
  }

  /** Refreshes the lanes of a queue whose last slot was taken or became free. */
  refreshLanesOf(copy: QueueCopy | undefined, now: number): void {
    if (copy === undefined) return;
    for (const lane of copy.lanes) this.refresh(lane, now);
  }

  /** Returns the queued run with the smallest sort key among the runs that a runner can take, and that runner. */
  choose(now: number): Choice | undefined {
    if (!this.#slots.hasRoom) return undefined;
    let lane: Lane | undefined;
    let runner: Runner | undefined;
    for (const { heap, need } of this.#placements.values()) {
      const first = heap.first();
      if (first === undefined || (lane !== undefined && !comesFirst(first, lane))) continue;
      const candidate = this.#runners.choose(need, now);
      if (candidate === undefined) continue;
      lane = first;
      runner = candidate;
    }
    if (lane === undefined || runner === undefined) return undefined;
    const run = lane.window.first()?.run;
    const task = this.#taskFor(lane, now);
    if (run === undefined || task === undefined) throw new Error(`Lane ${lane.key} was ready and is not.`);
    return { run, runner, machine: machineFor(lane, task), task };
  }

  #placementOf(lane: Lane, now: number): Placement | undefined {
    if (lane.window.size === 0) return undefined;
    const limit = this.#slots.limitOf(lane.parts.queue);
    if (limit !== undefined && this.#slots.ofLane(lane).holders.size >= limit) return undefined;
    const task = this.#taskFor(lane, now);
    if (task === undefined) return undefined;
    const machine = machineFor(lane, task);
    const { isSolo } = lane.parts;
    const mayPrefetch = limit === undefined && !isSolo;
    const key = `${machine}|${task.version}|${mayPrefetch}|${isSolo}`;
    const known = this.#placements.get(key);
    if (known !== undefined) return known;
    const need: Need = { machine, version: task.version, isSolo, mayPrefetch };
    const placement: Placement = { key, need, heap: new LaneHeap() };
    this.#placements.set(key, placement);
    return placement;
  }

  #taskFor(lane: Lane, now: number): VersionedTask | undefined {
    return this.#tasks.versionFor(lane.parts.taskId, lane.parts.version, now);
  }
}

function machineFor(lane: Lane, task: VersionedTask): MachineName {
  return lane.parts.machine === "" ? task.definition.machine : (lane.parts.machine as MachineName);
}
