import type { Run } from "../../core/life/run.ts";
import type { ListCursor, RunFilter } from "../store.ts";

/** Returns whether the run passes every member of the filter. */
export function matchesFilter(run: Run, filter: RunFilter): boolean {
  return (
    isAmong(filter.statuses, run.status) &&
    isAmong(filter.taskIds, run.taskId) &&
    isAmong(filter.versions, run.version) &&
    isAmong(filter.queues, run.queue) &&
    isAmong(filter.machines, run.machine) &&
    (isEmpty(filter.tags) || run.tags.some((tag) => filter.tags?.includes(tag))) &&
    (filter.batchId === undefined || run.batchId === filter.batchId) &&
    (filter.parentRunId === undefined || run.parentRunId === filter.parentRunId) &&
    (filter.isTest === undefined || run.isTest === filter.isTest) &&
    (filter.createdFrom === undefined || run.createdAt >= filter.createdFrom) &&
    (filter.createdTo === undefined || run.createdAt <= filter.createdTo)
  );
}

/** Compares by creation, then id; the result is negative when `a` is newer. */
export function compareNewestFirst(a: ListCursor, b: ListCursor): number {
  return b.createdAt - a.createdAt || (a.id < b.id ? 1 : a.id > b.id ? -1 : 0);
}

function isAmong<T>(wanted: readonly T[] | undefined, value: T | undefined): boolean {
  return isEmpty(wanted) || (value !== undefined && wanted?.includes(value) === true);
}

function isEmpty(list: readonly unknown[] | undefined): boolean {
  return list === undefined || list.length === 0;
}
