import type { RunId } from "@baton/proto/contract/ids";
import type { Run } from "../life/run.ts";
import type { Lane, QueueCopy } from "./lane-heap.ts";
import type { SchedulingSettings } from "./settings.ts";
import type { TaskTable } from "./task-table.ts";

function copyKey(queue: string, concurrencyKey: string): string {
  return concurrencyKey === "" ? queue : `${queue}\u001f${concurrencyKey}`;
}

/** Which runs hold slots of which queue, derived from the runs, and how many slots there are. */
export class SlotTable {
  /** The slots of all queues together. */
  readonly environmentSlots: number;
  readonly #copies = new Map<string, QueueCopy>();
  readonly #holders = new Set<RunId>();
  readonly #environmentLimit: number | undefined;
  readonly #tasks: Pick<TaskTable, "limitOf">;

  constructor(
    { burstFactor, environmentLimit }: Pick<SchedulingSettings, "burstFactor" | "environmentLimit">,
    tasks: Pick<TaskTable, "limitOf">,
  ) {
    this.environmentSlots = Math.floor((environmentLimit ?? Number.POSITIVE_INFINITY) * burstFactor);
    this.#environmentLimit = environmentLimit;
    this.#tasks = tasks;
  }

  /** Whether the limit of all queues together leaves a slot free. */
  get hasRoom(): boolean {
    return this.#holders.size < this.environmentSlots;
  }

  /** Returns how many runs of a queue, or of one copy of it, may hold a slot; undefined: no limit. */
  limitOf(queue: string): number | undefined {
    const declared = this.#tasks.limitOf(queue);
    const environmentLimit = this.#environmentLimit;
    if (declared === undefined || environmentLimit === undefined) return declared ?? environmentLimit;
    return Math.min(declared, environmentLimit);
  }

  /** Returns whether another run of this copy of a queue may hold a slot. */
  hasSlot({ holders, queue }: QueueCopy): boolean {
    const limit = this.limitOf(queue);
    return limit === undefined || holders.size < limit;
  }

  /** Returns the copy of a queue that a lane's runs belong to. */
  ofLane(lane: Lane): QueueCopy {
    return this.#obtain(lane.parts.queue, lane.parts.concurrencyKey);
  }

  /** Returns how many runs hold slots of a copy of a queue. */
  countHolders(queue: string, concurrencyKey: string): number {
    return this.#copies.get(copyKey(queue, concurrencyKey))?.holders.size ?? 0;
  }

  /** Gives a slot to a run. Returns the copy of its queue if that was the last free slot. */
  hold(run: Run): QueueCopy | undefined {
    const copy = this.#obtain(run.queue, run.concurrencyKey ?? "");
    copy.holders.add(run.id);
    this.#holders.add(run.id);
    return copy.holders.size === this.limitOf(copy.queue) ? copy : undefined;
  }

  /** Frees the slot of a run. Returns the copy of its queue if no other slot was free. */
  release(run: Run): QueueCopy | undefined {
    const copy = this.#copies.get(copyKey(run.queue, run.concurrencyKey ?? ""));
    if (copy === undefined) return undefined;
    copy.holders.delete(run.id);
    this.#holders.delete(run.id);
    this.#dropIfUnused(copy);
    const limit = this.limitOf(copy.queue);
    return limit !== undefined && copy.holders.size === limit - 1 ? copy : undefined;
  }

  addLane(lane: Lane): void {
    this.ofLane(lane).lanes.add(lane);
  }

  removeLane(lane: Lane): void {
    const copy = this.ofLane(lane);
    copy.lanes.delete(lane);
    this.#dropIfUnused(copy);
  }

  #obtain(queue: string, concurrencyKey: string): QueueCopy {
    const key = copyKey(queue, concurrencyKey);
    const known = this.#copies.get(key);
    if (known !== undefined) return known;
    const copy: QueueCopy = { key, queue, holders: new Set(), lanes: new Set(), placements: [] };
    this.#copies.set(key, copy);
    return copy;
  }

  #dropIfUnused(copy: QueueCopy): void {
    if (copy.holders.size === 0 && copy.lanes.size === 0) this.#copies.delete(copy.key);
  }
}
