import type { RunId } from "@baton/proto/contract/ids";
import { isSolo, type Run } from "../life/run.ts";

/**
 * Names a lane: the queued runs that are alike in queue, concurrency key, task, machine set on the run, version, and in
 * whether they are executed alone.
 */
export type LaneKey = string & { readonly lane: unique symbol };

/** A place in a lane: smaller is earlier, ties by id, which is ordered by creation. */
export interface SortKey {
  /** Queue time minus priority, in milliseconds. */
  readonly time: number;
  readonly id: RunId;
}

/** What a lane's runs have in common. */
export interface LaneParts {
  readonly queue: string;
  readonly concurrencyKey: string;
  readonly taskId: string;
  readonly machine: string;
  readonly version: string;
  /** Its runs are executed alone in a host, one after another. */
  readonly isSolo: boolean;
}

/** The lane of a run. */
export function laneKeyOf(run: Run): LaneKey {
  const parts = [run.queue, run.concurrencyKey ?? "", run.taskId, run.machine ?? "", run.version ?? ""];
  if (isSolo(run)) parts.push("solo");
  return parts.join("\u001f") as LaneKey;
}

/** Takes a lane's name apart again. */
export function parseLaneKey(key: LaneKey): LaneParts {
  const [queue = "", concurrencyKey = "", taskId = "", machine = "", version = "", solo = ""] = key.split("\u001f");
  return { queue, concurrencyKey, taskId, machine, version, isSolo: solo !== "" };
}

/** Where a queued run stands in its lane. */
export function sortKeyOf(run: Run): SortKey {
  return { time: run.queueTime - run.priorityMs, id: run.id };
}

/** Negative when `a` comes first. */
export function compareSortKeys(a: SortKey, b: SortKey): number {
  return a.time - b.time || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}
