import type { RunId } from "@baton/proto/contract/ids";
import { isSolo, type Run } from "../life/run.ts";

/**
 * The name of a lane: the queued runs that have the same queue, concurrency key, task, machine set on the run, version,
 * and solo or not.
 */
export type LaneKey = string & { readonly lane: unique symbol };

/** A place in a lane. The smaller time comes first; equal times are ordered by id, which is by creation. */
export interface SortKey {
  /** Queue time minus priority, in milliseconds. */
  readonly time: number;
  readonly id: RunId;
}

/** The values that all runs of a lane share. */
export interface LaneParts {
  readonly queue: string;
  readonly concurrencyKey: string;
  readonly taskId: string;
  readonly machine: string;
  readonly version: string;
  /** Whether the lane's runs are executed alone in a host, one after another. */
  readonly isSolo: boolean;
}

/** Returns the lane of a run. */
export function laneKeyOf(run: Run): LaneKey {
  const parts = [run.queue, run.concurrencyKey ?? "", run.taskId, run.machine ?? "", run.version ?? ""];
  if (isSolo(run)) parts.push("solo");
  return parts.join("\u001f") as LaneKey;
}

/** Splits a lane's name into its parts. */
export function parseLaneKey(key: LaneKey): LaneParts {
  const [queue = "", concurrencyKey = "", taskId = "", machine = "", version = "", solo = ""] = key.split("\u001f");
  return { queue, concurrencyKey, taskId, machine, version, isSolo: solo !== "" };
}

/** Returns a queued run's place in its lane. */
export function sortKeyOf(run: Run): SortKey {
  return { time: run.queueTime - run.priorityMs, id: run.id };
}

/** Compares two places; the result is negative when `a` comes first. */
export function compareSortKeys(a: SortKey, b: SortKey): number {
  return a.time - b.time || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}
