import type { RunId } from "@baton/proto/contract/ids";
import type { Run } from "../life/run.ts";
import type { Lane } from "./lane-heap.ts";

/** One queue, or one concurrency key's copy of it. */
export interface QueueCopy {
  readonly key: string;
  readonly queue: string;
  /** The runs that hold a slot: a set, never a counter, so it cannot leak. */
  readonly holders: Set<RunId>;
  readonly lanes: Set<Lane>;
}

function copyKey(queue: string, concurrencyKey: string): string {
  return concurrencyKey === "" ? queue : `${queue}\u001f${concurrencyKey}`;
}

/** Who holds slots of which queue, derived from the runs. */
export class SlotTable {
  readonly #copies = new Map<string, QueueCopy>();
  readonly #holders = new Set<RunId>();

  /** Slots that are held in all queues together. */
  get heldCount(): number {
    return this.#holders.size;
  }

  ofLane(lane: Lane): QueueCopy {
    return this.#obtain(lane.parts.queue, lane.parts.concurrencyKey);
  }

  find(queue: string, concurrencyKey: string): QueueCopy | undefined {
    return this.#copies.get(copyKey(queue, concurrencyKey));
  }

  hold(run: Run): QueueCopy {
    const copy = this.#obtain(run.queue, run.concurrencyKey ?? "");
    copy.holders.add(run.id);
    this.#holders.add(run.id);
    return copy;
  }

  release(run: Run): QueueCopy | undefined {
    const copy = this.#copies.get(copyKey(run.queue, run.concurrencyKey ?? ""));
    if (copy === undefined) return undefined;
    copy.holders.delete(run.id);
    this.#holders.delete(run.id);
    this.#dropIfUnused(copy);
    return copy;
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
    const copy: QueueCopy = { key, queue, holders: new Set(), lanes: new Set() };
    this.#copies.set(key, copy);
    return copy;
  }

  #dropIfUnused(copy: QueueCopy): void {
    if (copy.holders.size === 0 && copy.lanes.size === 0) this.#copies.delete(copy.key);
  }
}
