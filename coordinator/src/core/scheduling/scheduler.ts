import type { RunId } from "@baton/proto/contract/ids";
import type { MachineName } from "@baton/proto/contract/machine";
import type { Change, Effect } from "../effect.ts";
import type { LoadedPage, ReloadedRun, Texts } from "../event.ts";
import type { Instant } from "../instant.ts";
import { isSolo, isUnfinished, type Run } from "../life/run.ts";
import { dequeued } from "../life/run-life.ts";
import { BoundedWindow, beforeAll } from "./bounded-window.ts";
import { type Entry, entryOf } from "./entry.ts";
import { type LaneKey, laneKeyOf, type SortKey } from "./lane.ts";
import type { Lane } from "./lane-heap.ts";
import { LaneHeap } from "./lane-heap.ts";
import { LaneTable } from "./lane-table.ts";
import { type QueueLength, QueueLengths } from "./queue-lengths.ts";
import { holderOf, type Need, type Runner, RunnerTable } from "./runner-table.ts";
import type { SchedulingSettings } from "./settings.ts";
import { type QueueCopy, SlotTable } from "./slot-table.ts";
import { TaskTable, type VersionedTask } from "./task-table.ts";

/** Due runs are in memory this far ahead, in milliseconds. */
export const dueHorizonMs = 5 * 60_000;
/** Delayed, reattempting and expiring runs in memory, at most. */
export const dueWindowRuns = 20_000;
/** Runs in one page of due runs. */
export const duePageRuns = 5_000;

/** Lanes that the same runners can serve. */
interface Placement {
  readonly need: Need;
  readonly heap: LaneHeap;
}

/**
 * Working memory and the choice of what runs next. Every index here (lanes, due times, slots, what runners hold) is
 * derived from the runs in `put` and nowhere else.
 */
export class Scheduler {
  readonly tasks: TaskTable;
  readonly runners: RunnerTable;
  readonly #entries = new Map<RunId, Entry>();
  readonly #lanes: LaneTable;
  readonly #slots = new SlotTable();
  readonly #placements = new Map<string, Placement>();
  readonly #settings: SchedulingSettings;
  /** Slots that all queues together may hold. */
  readonly #environmentSlots: number;
  /** Kept only when it is limited. */
  #lengths: QueueLengths | undefined;
  #due = new BoundedWindow("dueKey", beforeAll);
  #changes = new Map<RunId, Change>();
  #effects: Effect[] = [];

  constructor(leaseMs: number, settings: SchedulingSettings, backlogBudget?: number) {
    this.#settings = settings;
    const { burstFactor, environmentLimit } = settings;
    this.#environmentSlots = Math.floor((environmentLimit ?? Number.POSITIVE_INFINITY) * burstFactor);
    this.tasks = new TaskTable(settings);
    this.runners = new RunnerTable(leaseMs);
    this.#lanes = new LaneTable(
      (lane) => this.#slots.removeLane(lane),
      (entry) => this.#forgetIfUnused(entry),
      backlogBudget,
    );
  }

  /** Everything until the next call happens at this time. */
  startStep(now: Instant): void {
    this.#monotonicNow = now.monotonic;
  }

  /** What happened since the last call. */
  takeTransition(): { changes: readonly Change[]; effects: readonly Effect[] } {
    const transition = { changes: [...this.#changes.values()], effects: this.#effects };
    // Both are given away: a step that did nothing must not share its lists with the next one.
    if (this.#changes.size > 0) this.#changes = new Map();
    this.#effects = [];
    return transition;
  }

  emit(effect: Effect): void {
    this.#effects.push(effect);
  }

  find(runId: RunId): Run | undefined {
    return this.#entries.get(runId)?.run;
  }

  /** Runs in working memory. */
  get size(): number {
    return this.#entries.size;
  }

  runs(): Run[] {
    return [...this.#entries.values()].map((entry) => entry.run);
  }

  /** Puts a changed run in place of `before` (absent: a new one), to be stored with these texts. */
  put(before: Run | undefined, run: Run, texts?: Texts): void {
    const earlier = this.#changes.get(run.id);
    const replaces = earlier?.replaces ?? before?.revision ?? 0;
    this.#changes.set(run.id, { run, replaces, texts: texts ?? earlier?.texts });
    this.#lengths?.moved(before, run);
    this.remember(run);
  }

  /** Takes a run into working memory as it is stored, in place of what was known of it. */
  remember(run: Run): void {
    const known = this.#entries.get(run.id);
    const entry = known ?? entryOf(run);
    if (known !== undefined) this.#unindex(known);
    entry.run = run;
    this.#index(entry);
    // Only now: a window that is full may have dropped it before the other one had it.
    if (this.#isUsed(entry)) this.#entries.set(run.id, entry);
    else this.#entries.delete(run.id);
  }

  /**
   * A write was refused, or a run was found that landed after the queues were counted. A run that was thought to be new and
   * exists has been counted before.
   */
  recount({ refused, stored }: ReloadedRun): void {
    this.#lengths?.moved(refused?.run, refused?.isInsert ? undefined : stored);
  }

  /** Drops a run from working memory. */
  forget(runId: RunId): void {
    const entry = this.#entries.get(runId);
    if (entry === undefined) return;
    this.#unindex(entry);
    this.#entries.delete(runId);
    this.#changes.delete(runId);
  }

  #index(entry: Entry): void {
    const { run } = entry;
    if (run.status === "queued") {
      const lane = this.#lanes.add(entry);
      this.#slots.addLane(lane);
      this.#refreshLane(lane);
    }
    if (run.dueAt !== undefined) {
      this.#due.add(entry, { time: run.dueAt, id: run.id });
      for (const dropped of this.#due.truncate(dueWindowRuns)) this.#forgetIfUnused(dropped);
    }
    const holder = holderOf(run);
    if (holder === undefined) return;
    this.runners.find(holder.runnerId)?.hold(run.id, holder);
    const copy = this.#slots.hold(run);
    if (copy.holders.size === this.#limitOf(copy.queue)) this.#refreshLanesOf(copy);
  }

  #unindex(entry: Entry): void {
    const { run } = entry;
    if (entry.dueKey !== undefined) this.#due.remove(entry);
    if (entry.laneKey !== undefined) {
      const lane = this.#lanes.remove(entry);
      if (lane !== undefined) this.#afterRemoval(lane);
    }
    const holder = holderOf(run);
    if (holder === undefined) return;
    this.runners.find(holder.runnerId)?.release(run.id);
    const copy = this.#slots.release(run);
    const limit = copy === undefined ? undefined : this.#limitOf(copy.queue);
    if (copy !== undefined && limit !== undefined && copy.holders.size === limit - 1) this.#refreshLanesOf(copy);
  }

  #forgetIfUnused(entry: Entry): void {
    if (!this.#isUsed(entry)) this.#entries.delete(entry.run.id);
  }

  #isUsed(entry: Entry): boolean {
    const { dueKey, laneKey, run } = entry;
    return laneKey !== undefined || dueKey !== undefined || holderOf(run) !== undefined || isUnfinished(run);
  }

  // Queues

  /** How many runs of one queue, or of one copy of it, may hold a slot; undefined: any number. */
  #limitOf(queue: string): number | undefined {
    const declared = this.tasks.limitOf(queue);
    const { environmentLimit } = this.#settings;
    if (declared === undefined || environmentLimit === undefined) return declared ?? environmentLimit;
    return Math.min(declared, environmentLimit);
  }

  /** The lengths of all queues at the start. */
  loadLengths(lengths: readonly QueueLength[]): void {
    if (this.limitsLengths) this.#lengths = new QueueLengths(lengths);
  }

  /** Is there a limit on the queued runs of a queue? */
  get limitsLengths(): boolean {
    return this.#settings.maxQueueLength !== undefined;
  }

  /** The limit of queued runs, when so many more would pass it in this queue. */
  findFull(queue: string, more: number): number | undefined {
    const { maxQueueLength = Number.POSITIVE_INFINITY } = this.#settings;
    return (this.#lengths?.of(queue) ?? 0) + more > maxQueueLength ? maxQueueLength : undefined;
  }

  // Lanes

  /** A lane that the store has runs of; its head is read next. */
  addStoredLane(key: LaneKey): void {
    const lane = this.#lanes.addStored(key);
    this.#slots.addLane(lane);
    this.#loadIfNeeded(lane);
  }

  mergeLane(key: LaneKey, page: LoadedPage): void {
    const lane = this.#lanes.find(key);
    if (lane === undefined) return;
    this.#lanes.merge(lane, page.runs, page.end, (run) => this.#entryForPage(run, "laneKey"));
    this.#afterRemoval(lane);
  }

  /** The entry for a run that a page brought, unless memory knows better. */
  #entryForPage(run: Run, field: "laneKey" | "dueKey"): Entry | undefined {
    const known = this.#entries.get(run.id);
    if (known === undefined) {
      const entry = entryOf(run);
      this.#entries.set(run.id, entry);
      return entry;
    }
    return known.run.revision === run.revision && known[field] === undefined ? known : undefined;
  }

  /** Where memory of a lane ends; undefined: all of it is in memory. */
  laneBound(key: LaneKey): SortKey | undefined {
    return this.#lanes.find(key)?.window.bound;
  }

  #afterRemoval(lane: Lane): void {
    this.#refreshLane(lane);
    this.#loadIfNeeded(lane);
    this.#lanes.dropIfEmpty(lane);
  }

  #loadIfNeeded(lane: Lane): void {
    const load = this.#lanes.takeLoad(lane);
    if (load !== undefined) this.emit({ type: "loadLane", ...load });
  }

  #refreshLanesOf(copy: QueueCopy): void {
    for (const lane of copy.lanes) this.#refreshLane(lane);
  }

  /** Takes the versions that connected runners have now. */
  refreshConnected(): void {
    this.tasks.setConnected(this.runners.connectedVersions(), this.#monotonicNow);
  }

  /** Versions, limits or graces changed. */
  refreshAllLanes(): void {
    for (const lane of this.#lanes.lanes()) this.#refreshLane(lane);
  }

  /** Puts a lane where it can be dispatched from, or nowhere while it cannot. */
  #refreshLane(lane: Lane): void {
    const heap = this.#placementOf(lane)?.heap;
    if (lane.heap === heap) {
      heap?.update(lane);
      return;
    }
    lane.heap?.remove(lane);
    lane.heap = heap;
    heap?.add(lane);
  }

  #placementOf(lane: Lane): Placement | undefined {
    if (lane.window.size === 0) return undefined;
    const limit = this.#limitOf(lane.parts.queue);
    if (limit !== undefined && this.#slots.ofLane(lane).holders.size >= limit) return undefined;
    const task = this.#taskFor(lane);
    if (task === undefined) return undefined;
    const machine = machineFor(lane, task);
    const { isSolo } = lane.parts;
    const mayPrefetch = limit === undefined && !isSolo;
    const key = `${machine}|${task.version}|${mayPrefetch}|${isSolo}`;
    const known = this.#placements.get(key);
    if (known !== undefined) return known;
    const need: Need = { machine, version: task.version, isSolo, mayPrefetch };
    const placement = { need, heap: new LaneHeap() };
    this.#placements.set(key, placement);
    return placement;
  }

  #monotonicNow = 0;

  #taskFor(lane: Lane): VersionedTask | undefined {
    return this.tasks.versionFor(lane.parts.taskId, lane.parts.version, this.#monotonicNow);
  }

  // Due runs

  /** The earliest due run in memory. */
  get nextDueAt(): number | undefined {
    return this.#due.first()?.dueKey?.time;
  }

  /** Where memory of the due runs ends. */
  get dueBound(): SortKey | undefined {
    return this.#due.bound;
  }

  firstDue(now: number): Run | undefined {
    const first = this.#due.first();
    return first?.dueKey !== undefined && first.dueKey.time <= now ? first.run : undefined;
  }

  /** Has the next due runs read when memory does not reach far enough ahead. */
  loadDueIfNeeded(now: number): void {
    const { bound } = this.#due;
    if (bound === undefined || this.#due.isLoading) return;
    const isShort = bound.time < now + dueHorizonMs / 2 && this.#due.size <= dueWindowRuns / 2;
    if (!isShort) return;
    this.#due.startLoading();
    const after = bound === beforeAll ? undefined : bound;
    this.emit({ type: "loadDue", after, until: now + dueHorizonMs, limit: duePageRuns });
  }

  mergeDue(until: number, page: LoadedPage): void {
    const entries: { entry: Entry; key: SortKey }[] = [];
    for (const run of page.runs) {
      if (run.dueAt === undefined) continue;
      const entry = this.#entryForPage(run, "dueKey");
      if (entry !== undefined) entries.push({ entry, key: { time: run.dueAt, id: run.id } });
    }
    const bound = page.end ?? { time: until, id: "\uffff" as RunId };
    for (const left of this.#due.merge(entries, bound)) this.#forgetIfUnused(left);
  }

  // Dispatch

  /** Gives queued runs to runners as long as there is one for the other, smallest sort key first. */
  dispatch(now: Instant): void {
    while (this.#slots.heldCount < this.#environmentSlots) {
      const next = this.#choose();
      if (next === undefined) return;
      this.#assign(next.lane, next.runner, now);
    }
  }

  #choose(): { lane: Lane; runner: Runner } | undefined {
    let best: { lane: Lane; runner: Runner } | undefined;
    for (const [key, { need, heap }] of this.#placements) {
      const lane = heap.first();
      if (lane === undefined) {
        this.#placements.delete(key);
        continue;
      }
      if (best !== undefined && !isBefore(lane, best.lane)) continue;
      const runner = this.runners.choose(need, this.#monotonicNow);
      if (runner !== undefined) best = { lane, runner };
    }
    return best;
  }

  #assign(lane: Lane, runner: Runner, now: Instant): void {
    const run = lane.window.first()?.run;
    const task = this.#taskFor(lane);
    if (run === undefined || task === undefined) throw new Error(`Lane ${lane.key} was ready and is not.`);
    const machine = machineFor(lane, task);
    const isMoved = run.version !== undefined && run.version !== task.version;
    const reason = isMoved ? `version ${run.version} is gone, took ${task.version}` : undefined;
    const assigned = dequeued(run, runner.id, machine, task.version, now.wall, reason);
    this.put(run, assigned);
    this.emit({
      type: "assign",
      runId: run.id,
      runnerId: runner.id,
      session: runner.session,
      run: assigned,
      task: task.definition,
    });
  }

  /** One line on what a run waits for that is queued or whose task nobody has registered. */
  explain(run: Run): string {
    if (run.status === "pendingVersion") {
      return `The task "${run.taskId}" is not registered. Start a runner whose task files export it.`;
    }
    const limit = this.#limitOf(run.queue);
    if (limit === 0) return `Its queue "${run.queue}" has a concurrency limit of 0, so nothing in it starts.`;
    const task = this.tasks.versionFor(run.taskId, run.version ?? "", this.#monotonicNow);
    if (task === undefined) return this.#explainVersion(run);
    const machine = run.machine ?? task.definition.machine;
    const capable = [...this.runners.all()].filter((runner) => runner.isConnected && runner.versions.has(task.version));
    if (!capable.some((runner) => runner.everFits(machine))) {
      return `No connected runner is as large as its machine "${machine}"; start a larger one, or one with --overcommit.`;
    }
    const holders = this.#slots.find(run.queue, run.concurrencyKey ?? "")?.holders.size ?? 0;
    if (limit !== undefined && holders >= limit) {
      return `Its queue "${run.queue}" is at its concurrency limit of ${limit}.`;
    }
    if (this.#slots.heldCount >= this.#environmentSlots) {
      return `All queues together are at the environment's limit of ${this.#environmentSlots}.`;
    }
    if (isSolo(run) && capable.every((runner) => runner.hasSolo)) {
      return "It was in flight when hosts aborted, so it runs alone in one, and waits for another such run.";
    }
    if (capable.every((runner) => runner.pausedUntil > this.#monotonicNow)) {
      return "Every runner that has its task gave back what it was given; they are tried again in a few seconds.";
    }
    if (capable.every((runner) => runner.isDraining)) return "Every runner that has its task is shutting down.";
    const ahead = this.#lanes.find(laneKeyOf(run))?.window.first()?.run;
    const behind = ahead !== undefined && ahead.id !== run.id ? " and for the runs ahead of it" : "";
    return `It waits for a free thread on ${capable.length} runner${capable.length === 1 ? "" : "s"}${behind}.`;
  }

  #explainVersion({ taskId, version }: Run): string {
    if (version === undefined) return `No connected runner has the task "${taskId}".`;
    const missing = `No connected runner has version ${version} of the task "${taskId}"`;
    if (this.tasks.definitionIn(version, taskId)?.pinVersion) {
      return `${missing}, and pinVersions keeps the run to that one.`;
    }
    const graceMs = this.tasks.graceLeftMs(version, this.#monotonicNow);
    if (graceMs === 0) return `${missing}, nor another one that it could take.`;
    return `${missing}; in ${Math.ceil(graceMs / 1000)} s it takes another one that a runner has.`;
  }
}

function machineFor(lane: Lane, task: VersionedTask): MachineName {
  return lane.parts.machine === "" ? task.definition.machine : (lane.parts.machine as MachineName);
}

function isBefore(a: Lane, b: Lane): boolean {
  const first = a.window.first()?.laneKey;
  const second = b.window.first()?.laneKey;
  if (first === undefined || second === undefined) return second === undefined;
  return first.time === second.time ? first.id < second.id : first.time < second.time;
}
