import type { Run } from "../core/life/run.ts";
import { type SortKey, sortKeyOf } from "../core/scheduling/lane.ts";
import type { Page } from "./store.ts";

/** Returns the place of a queued run in its lane. */
export const placeInLane: (run: Run) => SortKey = sortKeyOf;

/** Returns the place of a run by its due time. */
export function placeByDueTime(run: Run): SortKey {
  return { time: run.dueAt ?? run.queueTime, id: run.id };
}

/** Returns the place of a run by its creation. */
export function placeByCreation(run: Run): SortKey {
  return { time: run.createdAt, id: run.id };
}

/** Creates a page of `limit` runs from up to `limit + 1` runs that were found in order. */
export function pageOf(found: readonly Run[], limit: number, placeOf: (run: Run) => SortKey): Page {
  const runs = found.slice(0, limit);
  const last = runs.at(-1);
  return found.length > limit && last !== undefined ? { runs, end: placeOf(last) } : { runs };
}
