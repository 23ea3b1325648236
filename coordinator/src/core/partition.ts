import type { RunId, RunnerId } from "@baton/proto/contract/ids";
import type { TaskVersion } from "@baton/proto/contract/task-definition";
import { assertNever } from "./assert.ts";
import { type CoreState, makeCoreState, type PartitionOptions } from "./core-state.ts";
import type { Transition } from "./effect.ts";
import type { Event } from "./event.ts";
import { onEnded, onReturned, onStarted, onThreadGone } from "./events/attempt-events.ts";
import { findFullQueue, onCancelRequested, onDescendantsCanceled, onTriggered } from "./events/caller-events.ts";
import { goOnWith, onReloaded } from "./events/reloaded-runs.ts";
import { expireLeases, onConnected, onDisconnected, onHeard, takeUnstarted } from "./events/runner-events.ts";
import type { Instant } from "./instant.ts";
import type { NewRun } from "./life/new-run.ts";
import type { Run } from "./life/run.ts";
import * as life from "./life/run-life.ts";
import { explain } from "./scheduling/explain.ts";
import type { LaneKey, SortKey } from "./scheduling/lane.ts";
import type { QueueLength } from "./scheduling/queue-lengths.ts";
import type { TaskTable, VersionedTask } from "./scheduling/task-table.ts";

/** The most due runs that one step moves; the next step moves more. */
const dueRunsPerStep = 1_000;
/** How often the core looks for runs that their runner does not start, in milliseconds. */
const unstartedLookMs = 5_000;

/** The stored state with which a partition starts. */
export interface Loaded {
  readonly versions: readonly TaskVersion[];
  /** Dequeued, executing and waiting runs, and others with work left: see `isUnfinished`. */
  readonly active: readonly Run[];
  readonly lanes: readonly LaneKey[];
  readonly pendingTasks: readonly string[];
  /** Needed only when the length of queues is limited. */
  readonly queueLengths?: readonly QueueLength[];
}

/**
 * Everything that one coordinator decides. Events and the time go in, changed runs and effects come out; nothing else
 * happens here. Stale, repeated and late events are ordinary and change nothing.
 */
export class Partition {
  readonly #state: CoreState;
  #lastTimerAt = 0;
  #lookedForUnstartedAt = 0;

  constructor(options: PartitionOptions) {
    this.#state = makeCoreState(options);
  }

  /** Loads the stored state. Every runner that may hold a run gets a full lease. */
  load(loaded: Loaded, now: Instant): Transition {
    const { maxQueueLength, memory, pending, record, tasks } = this.#state;
    tasks.add(loaded.versions, now.monotonic);
    if (maxQueueLength !== undefined) memory.countLengths(loaded.queueLengths ?? []);
    // Lanes first: a queued run can be active while its last thread lingers, and is not the whole of its lane.
    for (const lane of loaded.lanes) memory.addStoredLane(lane);
    for (const run of loaded.active) {
      goOnWith(this.#state, run, now);
      memory.remember(now, run);
    }
    pending.add(loaded.pendingTasks);
    memory.loadDueIfNeeded(now);
    return record.take();
  }

  /** Applies one event, then assigns queued runs as long as a runner can take one. */
  step(event: Event, now: Instant): Transition {
    this.#apply(event, now);
    this.#dispatch(now);
    return this.#state.record.take();
  }

  #apply(event: Event, now: Instant): void {
    const { memory, pending, runners, tasks, versions } = this.#state;
    switch (event.type) {
      case "runTriggered":
        return onTriggered(this.#state, event, now);
      case "cancelRequested":
        return onCancelRequested(this.#state, event, now);
      case "descendantsCanceled":
        return onDescendantsCanceled(this.#state, event.runId, now);
      case "attemptStarted":
        return onStarted(this.#state, event, now);
      case "attemptEnded":
        return onEnded(this.#state, event, now);
      case "assignmentReturned":
        return onReturned(this.#state, event, now);
      case "threadGone":
        return onThreadGone(this.#state, event, now);
      case "runnerConnected":
        return onConnected(this.#state, event.runner, now);
      case "runnerHeard":
        return onHeard(this.#state, event, now);
      case "runnerDisconnected":
        return onDisconnected(this.#state, event, now);
      case "versionRegistered":
        tasks.add([event.version], now.monotonic);
        return versions.registered(now);
      case "versionRenewed":
        if (tasks.renew(event.version, now.monotonic)) memory.refreshLanes(now);
        return;
      case "versionsPruned":
        return tasks.remove(event.versions);
      case "laneLoaded":
        return memory.mergeLane(now, event.lane, event.page);
      case "dueLoaded":
        memory.mergeDue(event.until, event.page);
        return this.#onTimer(now);
      case "pendingLoaded":
        return pending.merge(now, event.taskId, event.page);
      case "pendingFound":
        return pending.add(event.taskIds);
      case "timerFired":
        return this.#onTimer(now);
      case "clockPaused":
        return runners.extendAll(event.pausedMs);
      case "runsReloaded":
        return onReloaded(this.#state, event.reloaded, now);
      default:
        return assertNever(event);
    }
  }

  #onTimer(now: Instant): void {
    const { memory, tasks, versions } = this.#state;
    for (let moved = 0; moved < dueRunsPerStep; moved += 1) {
      const run = memory.due.first(now.wall);
      if (run === undefined) break;
      memory.put(now, run, this.#dueRun(run, now.wall));
    }
    memory.loadDueIfNeeded(now);
    expireLeases(this.#state, now);
    if (now.monotonic - this.#lookedForUnstartedAt >= unstartedLookMs) {
      this.#lookedForUnstartedAt = now.monotonic;
      takeUnstarted(this.#state, now);
    }
    versions.refreshIfStale(now);
    if (tasks.graceEnded(this.#lastTimerAt, now.monotonic)) memory.refreshLanes(now);
    this.#lastTimerAt = now.monotonic;
  }

  #dueRun(run: Run, now: number): Run {
    const { pending, tasks } = this.#state;
    if (run.status === "queued") return life.expired(run, now);
    if (run.status !== "delayed" || tasks.isRegistered(run.taskId)) return life.cameDue(run, now);
    pending.await(run.taskId);
    return life.unregistered(run, now);
  }

  #dispatch(now: Instant): void {
    const { dispatcher, memory, record } = this.#state;
    for (let choice = dispatcher.choose(now.monotonic); choice; choice = dispatcher.choose(now.monotonic)) {
      const { machine, run, runner, task } = choice;
      const isMoved = run.version !== undefined && run.version !== task.version;
      const reason = isMoved ? `version ${run.version} is gone, took ${task.version}` : undefined;
      const assigned = life.dequeued(run, runner.id, machine, task.version, now.wall, reason);
      memory.put(now, run, assigned);
      const { id: runnerId, session } = runner;
      record.emit({ type: "assign", runId: run.id, runnerId, session, run: assigned, task: task.definition });
    }
  }

  // Queries

  /** Returns a run from working memory. The store may not have this state yet. */
  find(runId: RunId): Run | undefined {
    return this.#state.memory.find(runId);
  }

  /** The number of runs in working memory. */
  get size(): number {
    return this.#state.memory.size;
  }

  /** Every run in working memory. */
  get runs(): readonly Run[] {
    return this.#state.memory.runs;
  }

  /** The time of the earliest due run in memory; milliseconds since the epoch. */
  get nextDueAt(): number | undefined {
    return this.#state.memory.due.nextAt;
  }

  /** Returns the place up to which memory has a lane; undefined: memory assumes that it has the whole lane. */
  laneBound(lane: LaneKey): SortKey | undefined {
    return this.#state.memory.laneBound(lane);
  }

  /** The place up to which memory has the due runs. */
  get dueBound(): SortKey | undefined {
    return this.#state.memory.due.bound;
  }

  /** Returns the current session of a connected runner. */
  sessionOf(runnerId: RunnerId): number | undefined {
    const runner = this.#state.runners.find(runnerId);
    return runner?.isConnected ? runner.session : undefined;
  }

  /** The registered versions and their tasks. */
  get tasks(): Pick<TaskTable, "definitionIn" | "hasHash" | "isRegistered" | "memoryBytes" | "unusedSince"> {
    return this.#state.tasks;
  }

  /** Returns versions that only old runs may need, each with the monotonic time when its last runner went. */
  outdatedVersions(registeredBefore: number, now: Instant): ReadonlyMap<string, number> {
    return this.#state.versions.outdated(registeredBefore, now.monotonic);
  }

  /** Returns every registered task in its newest version, with the number of connected runners of its current one. */
  listTasks(): readonly (VersionedTask & { readonly runnerCount: number })[] {
    const { runners, tasks } = this.#state;
    return tasks.list().map((task) => {
      const current = tasks.findCurrent(task.definition.id);
      return { ...task, runnerCount: current === undefined ? 0 : runners.countWith(current.version) };
    });
  }

  /** Returns a queue that has no room for all of its new runs among these, and the limit of that queue. */
  findFullQueue(
    requests: readonly NewRun[],
    now: Instant,
  ): { readonly queue: string; readonly limit: number } | undefined {
    return findFullQueue(this.#state, requests, now);
  }

  /** Explains in one line what a run waits for: a run that is queued, or whose task is not registered. */
  explain(run: Run, now: Instant): string {
    return explain(run, this.#state, now.monotonic);
  }
}
