import type { MachineName } from "@baton/proto/contract/machine";
import type { Run } from "../life/run.ts";
import {
  comesFirst,
  type Lane,
  LaneHeap,
  type PlacedNeed,
  type Placement,
  PlacementHeap,
  type QueueCopy,
} from "./lane-heap.ts";
import type { Need, Runner, RunnerTable } from "./runner-table.ts";
import type { SlotTable } from "./slot-table.ts";
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
 * Chooses which queued run goes to which runner next. Lanes wait in placements, one for each need of each copy of a
 * queue, and the placements of each need are ranked as long as their copy has a free slot: when a slot is taken or
 * becomes free, what follows does not depend on the number of lanes. Code that changes a lane, a limit or a version
 * refreshes the lanes that depend on it. Times are monotonic milliseconds.
 */
export class Dispatcher {
  readonly #tasks: TaskTable;
  readonly #runners: RunnerTable;
  readonly #slots: SlotTable;
  readonly #needs = new Map<string, PlacedNeed>();

  constructor({ runners, slots, tasks }: DispatcherDeps) {
    this.#tasks = tasks;
    this.#runners = runners;
    this.#slots = slots;
  }

  /** Moves a lane to where its runs wait for a runner, or to nowhere while no runner could take them. */
  refresh(lane: Lane, now: number): void {
    const before = lane.placement;
    const placement = this.#placementOf(lane, now);
    if (before !== undefined && before !== placement) {
      before.lanes.remove(lane);
      this.#rank(before);
    }
    lane.placement = placement;
    if (placement === undefined) return;
    if (before === placement) placement.lanes.update(lane);
    else placement.lanes.add(lane);
    this.#rank(placement);
  }

  /** Refreshes what waits for a copy of a queue whose last slot was taken or became free. */
  refreshSlotsOf(copy: QueueCopy | undefined): void {
    if (copy === undefined) return;
    for (const placement of copy.placements) this.#rank(placement);
  }

  /** Returns the queued run with the smallest sort key among the runs that a runner can take, and that runner. */
  choose(now: number): Choice | undefined {
    if (!this.#slots.hasRoom) return undefined;
    let lane: Lane | undefined;
    let runner: Runner | undefined;
    for (const { need, ranked } of this.#needs.values()) {
      const first = ranked.first()?.lanes.first();
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
    const task = this.#taskFor(lane, now);
    if (task === undefined) return undefined;
    const { isSolo, queue } = lane.parts;
    const need: Need = {
      machine: machineFor(lane, task),
      version: task.version,
      isSolo,
      mayPrefetch: this.#slots.limitOf(queue) === undefined && !isSolo,
    };
    if (lane.placement !== undefined && isSameNeed(lane.placement.placed.need, need)) return lane.placement;
    const copy = this.#slots.ofLane(lane);
    return copy.placements.find(({ placed }) => isSameNeed(placed.need, need)) ?? this.#addPlacement(copy, need);
  }

  #addPlacement(copy: QueueCopy, need: Need): Placement {
    const key = `${need.machine}|${need.version}|${need.mayPrefetch}|${need.isSolo}`;
    let placed = this.#needs.get(key);
    if (placed === undefined) {
      placed = { key, need, ranked: new PlacementHeap(), placements: 0 };
      this.#needs.set(key, placed);
    }
    placed.placements += 1;
    const placement: Placement = { copy, placed, lanes: new LaneHeap(), heapIndex: -1 };
    copy.placements.push(placement);
    return placement;
  }

  /** Ranks a placement by its first run if it has one and a slot is free. Drops a placement without lanes. */
  #rank(placement: Placement): void {
    const { copy, lanes, placed } = placement;
    const isRanked = placement.heapIndex !== -1;
    if (lanes.size > 0 && this.#slots.hasSlot(copy)) {
      if (isRanked) placed.ranked.update(placement);
      else placed.ranked.add(placement);
      return;
    }
    if (isRanked) placed.ranked.remove(placement);
    if (lanes.size > 0) return;
    copy.placements.splice(copy.placements.indexOf(placement), 1);
    placed.placements -= 1;
    if (placed.placements === 0) this.#needs.delete(placed.key);
  }

  #taskFor(lane: Lane, now: number): VersionedTask | undefined {
    return this.#tasks.versionFor(lane.parts.taskId, lane.parts.version, now);
  }
}

function machineFor(lane: Lane, task: VersionedTask): MachineName {
  return lane.parts.machine === "" ? task.definition.machine : (lane.parts.machine as MachineName);
}

function isSameNeed(a: Need, b: Need): boolean {
  return a.version === b.version && a.machine === b.machine && a.mayPrefetch === b.mayPrefetch && a.isSolo === b.isSolo;
}
