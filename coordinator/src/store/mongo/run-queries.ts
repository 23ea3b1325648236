import type { Filter, Sort } from "mongodb";
import type { LaneKey, SortKey } from "../../core/scheduling/lane.ts";
import type { ListCursor, RunFilter } from "../store.ts";
import type { RunDocument } from "./run-document.ts";
import { toPlaceText, toSortText } from "./sort-text.ts";

/** A read of runs in the order of an index. */
export interface RunQuery {
  readonly filter: Filter<RunDocument>;
  readonly sort: Sort;
}

/** Greater than every character of an id. */
const end = "\uffff";

/** Every read of runs except by whole ids. Each reads one range of one index. */
export const runQueries = {
  active: (): RunQuery => ({ filter: { active: true }, sort: {} }),
  backlog: (lane: LaneKey, after: SortKey | undefined): RunQuery => ({
    filter: { lane, queued: { $gt: textOf(after) } },
    sort: { queued: 1 },
  }),
  due: (after: SortKey | undefined, until: number): RunQuery => ({
    filter: { due: { $gt: textOf(after), $lt: toSortText(until) + end } },
    sort: { due: 1 },
  }),
  pending: (taskId: string, after: SortKey | undefined): RunQuery => ({
    filter: { pendingTask: taskId, pending: { $gt: textOf(after) } },
    sort: { pending: 1 },
  }),
  finished: (before: number): RunQuery => ({ filter: { finishedAt: { $lt: before } }, sort: { finishedAt: 1 } }),
  idPrefix: (idPrefix: string): RunQuery => ({
    filter: { _id: { $gte: idPrefix, $lt: idPrefix + end } },
    sort: { _id: 1 },
  }),
  list: listQuery,
} as const;

function textOf(after: SortKey | undefined): string {
  return after === undefined ? "" : toPlaceText(after.time, after.id);
}

/** Returns the query of a list: newest first, or oldest first after the place `after`. */
function listQuery(
  filter: RunFilter,
  { before, after }: { readonly before?: ListCursor; readonly after?: ListCursor },
): RunQuery {
  const order = after === undefined ? -1 : 1;
  const conditions: Filter<RunDocument>[] = [];
  const among = (member: keyof RunDocument, values: readonly string[] | undefined) => {
    if (values === undefined || values.length === 0) return;
    const [only] = values;
    conditions.push({ [member]: values.length === 1 ? only : { $in: values } } as Filter<RunDocument>);
  };
  among("status", filter.statuses);
  among("taskId", filter.taskIds);
  among("version", filter.versions);
  among("tags", filter.tags);
  among("queue", filter.queues);
  among("machine", filter.machines);
  if (filter.batchId !== undefined) conditions.push({ batchId: filter.batchId });
  if (filter.parentRunId !== undefined) conditions.push({ parentRunId: filter.parentRunId });
  if (filter.isTest !== undefined) conditions.push({ isTest: filter.isTest });
  const place = placeMember(filter);
  const range = rangeOf(filter, before, after);
  if (range !== undefined) conditions.push({ [place]: range } as Filter<RunDocument>);
  return { filter: conditions.length === 0 ? {} : Object.assign({}, ...conditions), sort: { [place]: order } };
}

/** Returns the copy of the place that is in the narrowest index for the filter. */
function placeMember(filter: RunFilter): "batchPlace" | "parentPlace" | "taggedPlace" | "place" {
  if (filter.batchId !== undefined) return "batchPlace";
  if (filter.parentRunId !== undefined) return "parentPlace";
  return filter.tags !== undefined && filter.tags.length > 0 ? "taggedPlace" : "place";
}

function rangeOf(
  { createdFrom, createdTo }: RunFilter,
  before: ListCursor | undefined,
  after: ListCursor | undefined,
): { $gt?: string; $lt?: string } | undefined {
  const upper = [
    ...(createdTo === undefined ? [] : [toSortText(createdTo) + end]),
    ...(before === undefined ? [] : [toPlaceText(before.createdAt, before.id)]),
  ].sort();
  const lower = [
    ...(createdFrom === undefined ? [] : [toSortText(createdFrom)]),
    ...(after === undefined ? [] : [toPlaceText(after.createdAt, after.id)]),
  ].sort();
  const [lowest] = upper;
  const highest = lower.at(-1);
  if (lowest === undefined && highest === undefined) return undefined;
  return { ...(highest !== undefined && { $gt: highest }), ...(lowest !== undefined && { $lt: lowest }) };
}
