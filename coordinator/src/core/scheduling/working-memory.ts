import type { RunId } from "@baton/proto/contract/ids";
import type { LoadedPage, ReloadedRun, Texts } from "../event.ts";
import type { Instant } from "../instant.ts";
import { isUnfinished, type Run } from "../life/run.ts";
import type { StepRecord } from "../step-record.ts";
import type { Dispatcher } from "./dispatcher.ts";
import { DueRuns } from "./due-runs.ts";
import { type Entry, entryOf } from "./entry.ts";
import type { LaneKey, SortKey } from "./lane.ts";
import type { Lane } from "./lane-heap.ts";
import { LaneTable } from "./lane-table.ts";
import { type QueueLength, QueueLengths } from "./queue-lengths.ts";
import { holderOf, type RunnerTable } from "./runner-table.ts";
import type { SlotTable } from "./slot-table.ts";

/** The parts of the core that the working memory updates. */
export interface WorkingMemoryDeps {
  readonly runners: RunnerTable;
  readonly slots: SlotTable;
  readonly dispatcher: Dispatcher;
  readonly record: StepRecord;
}

/**
 * The runs that the next steps may need. Every index (lanes, due runs, slots, the runners' holders) is derived from the
 * runs in {@link remember} and nowhere else.
 */
export class WorkingMemory {
  readonly #deps: WorkingMemoryDeps;
  readonly #entries = new Map<RunId, Entry>();
  readonly #lanes: LaneTable;
  readonly #due = new DueRuns();
  /** Kept only when the length of queues is limited. */
  #lengths: QueueLengths | undefined;

  constructor(deps: WorkingMemoryDeps, backlogBudget: number | undefined) {
    this.#deps = deps;
    this.#lanes = new LaneTable(
      (lane) => deps.slots.removeLane(lane),
      (entry) => this.#forgetIfUnused(entry),
      backlogBudget,
    );
  }

  /** Returns a run in the state that the last step left. */
  find(runId: RunId): Run | undefined {
    return this.#entries.get(runId)?.run;
  }

  /** The number of runs. */
  get size(): number {
    return this.#entries.size;
  }

  /** Every run. */
  get runs(): readonly Run[] {
    return [...this.#entries.values()].map((entry) => entry.run);
  }

  /** The delayed, reattempting and expiring runs. */
  get due(): Pick<DueRuns, "bound" | "first" | "nextAt"> {
    return this.#due;
  }

  /** Replaces `before` with a changed run, to be stored with these texts. `before` is absent for a new run. */
  put(now: Instant, before: Run | undefined, run: Run, texts?: Texts): void {
    this.#deps.record.change(before, run, texts);
    this.#lengths?.moved(before, run);
    this.remember(now, run);
  }

  /** Takes in a stored run, or one that is to be stored, in place of its known state. */
  remember(now: Instant, run: Run): void {
    const known = this.#entries.get(run.id);
    const entry = known ?? entryOf(run);
    if (known !== undefined) this.#unindex(now, known);
    entry.run = run;
    this.#index(now, entry);
    // Set last: one window, if full, may have dropped the entry before the other one took it.
    if (isUsed(entry)) this.#entries.set(run.id, entry);
    else this.#entries.delete(run.id);
  }

  /** Drops a run, and the change that this step made to it. Queue lengths then count the stored state. */
  forget(now: Instant, { refused, runId, stored }: ReloadedRun): void {
    const entry = this.#entries.get(runId);
    if (entry !== undefined) {
      this.#unindex(now, entry);
      this.#entries.delete(runId);
      this.#deps.record.forget(runId);
    }
    // A refused insert is of a run that is stored and was counted before.
    this.#lengths?.moved(refused?.run, refused?.isInsert ? undefined : stored);
  }

  // Queues

  /** Starts to count queued runs, from the stored lengths. */
  countLengths(stored: readonly QueueLength[]): void {
    this.#lengths = new QueueLengths(stored);
  }

  /** Returns the number of queued runs of a queue; 0 while they are not counted. */
  lengthOf(queue: string): number {
    return this.#lengths?.of(queue) ?? 0;
  }

  // Lanes

  /** Adds a lane that has stored runs, and has its head read. */
  addStoredLane(key: LaneKey): void {
    const lane = this.#lanes.addStored(key);
    this.#deps.slots.addLane(lane);
    this.#loadIfNeeded(lane);
  }

  /** Merges a page of a lane. */
  mergeLane(now: Instant, key: LaneKey, page: LoadedPage): void {
    const lane = this.#lanes.find(key);
    if (lane === undefined) return;
    this.#lanes.merge(lane, page.runs, page.end, (run) => this.#entryForPage(run, "laneKey"));
    this.#afterRemoval(now, lane);
  }

  /** Returns the place up to which memory has a lane; undefined: memory has the whole lane. */
  laneBound(key: LaneKey): SortKey | undefined {
    return this.#lanes.find(key)?.window.bound;
  }

  /** Returns the first run of a lane. */
  firstOf(key: LaneKey): Run | undefined {
    return this.#lanes.find(key)?.window.first()?.run;
  }

  /** Refreshes every lane after versions, limits or graces changed. */
  refreshLanes(now: Instant): void {
    for (const lane of this.#lanes.lanes()) this.#deps.dispatcher.refresh(lane, now.monotonic);
  }

  // Due runs

  /** Has the next due runs read if memory does not reach far enough ahead. */
  loadDueIfNeeded(now: Instant): void {
    const load = this.#due.takeLoad(now.wall);
    if (load !== undefined) this.#deps.record.emit(load);
  }

  /** Merges a page of the runs that are due by `until`, in milliseconds since the epoch. */
  mergeDue(until: number, page: LoadedPage): void {
    const left = this.#due.merge(until, page, (run) => this.#entryForPage(run, "dueKey"));
    for (const entry of left) this.#forgetIfUnused(entry);
  }

  // Indexes

  #index(now: Instant, entry: Entry): void {
    const { dispatcher, runners, slots } = this.#deps;
    const { run } = entry;
    if (run.status === "queued") {
      const lane = this.#lanes.add(entry);
      slots.addLane(lane);
      dispatcher.refresh(lane, now.monotonic);
    }
    if (run.dueAt !== undefined) {
      for (const dropped of this.#due.add(entry, run.dueAt)) this.#forgetIfUnused(dropped);
    }
    const holder = holderOf(run);
    if (holder === undefined) return;
    runners.find(holder.runnerId)?.hold(run.id, holder);
    dispatcher.refreshSlotsOf(slots.hold(run));
  }

  #unindex(now: Instant, entry: Entry): void {
    const { dispatcher, runners, slots } = this.#deps;
    const { run } = entry;
    this.#due.remove(entry);
    if (entry.laneKey !== undefined) {
      const lane = this.#lanes.remove(entry);
      if (lane !== undefined) this.#afterRemoval(now, lane);
    }
    const holder = holderOf(run);
    if (holder === undefined) return;
    runners.find(holder.runnerId)?.release(run.id);
    dispatcher.refreshSlotsOf(slots.release(run));
  }

  #forgetIfUnused(entry: Entry): void {
    if (!isUsed(entry)) this.#entries.delete(entry.run.id);
  }

  /** Returns the entry for a run from a page, unless memory has a newer state or the window has the run. */
  #entryForPage(run: Run, field: "laneKey" | "dueKey"): Entry | undefined {
    const known = this.#entries.get(run.id);
    if (known === undefined) {
      const entry = entryOf(run);
      this.#entries.set(run.id, entry);
      return entry;
    }
    return known.run.revision === run.revision && known[field] === undefined ? known : undefined;
  }

  #afterRemoval(now: Instant, lane: Lane): void {
    this.#deps.dispatcher.refresh(lane, now.monotonic);
    this.#loadIfNeeded(lane);
    this.#lanes.dropIfEmpty(lane);
  }

  #loadIfNeeded(lane: Lane): void {
    const load = this.#lanes.takeLoad(lane);
    if (load !== undefined) this.#deps.record.emit({ type: "loadLane", ...load });
  }
}

function isUsed({ dueKey, laneKey, run }: Entry): boolean {
  return laneKey !== undefined || dueKey !== undefined || holderOf(run) !== undefined || isUnfinished(run);
}
