import type { ListCursor, RunFilter } from "../store.ts";
import type { Connection } from "./database.ts";
import { toKeyText } from "./key-text.ts";

/** One ordered set of runs that a list is read from: an index, and what it is read with. */
interface Source {
  /** What stands after FROM; `k` has creation and id, `r` is the run. */
  readonly keys: string;
  readonly runs: string;
  readonly condition: string;
  readonly cells: readonly unknown[];
}

interface Range {
  readonly newest: readonly [number, string];
  readonly oldest: readonly [number, string];
}

/** Places looked at before other requests get their turn: about 3 ms. */
const placesPerSlice = 500;

/**
 * Lists runs, newest first, as documents. A filter that few runs pass may have to look at many, so it yields after every
 * slice of the index and the caller serves others in between.
 */
export function* listRuns(
  connection: Connection,
  filter: RunFilter,
  { before, after }: { readonly before?: ListCursor; readonly after?: ListCursor },
  limit: number,
): Generator<undefined, readonly string[]> {
  const direction = after === undefined ? "DESC" : "ASC";
  const range = rangeOf(filter, before, after);
  const found = new Map<string, { readonly createdAt: number; readonly document: string }>();
  for (const source of sourcesOf(filter)) {
    for (const row of yield* readSource(connection, source, filter, range, direction, limit)) {
      found.set(String(row[1]), { createdAt: Number(row[0]), document: String(row[2]) });
    }
  }
  const newestFirst = [...found].sort(
    ([idA, a], [idB, b]) => b.createdAt - a.createdAt || (idA < idB ? 1 : idA > idB ? -1 : 0),
  );
  const nearest = after === undefined ? newestFirst.slice(0, limit) : newestFirst.slice(-limit);
  return nearest.map(([, { document }]) => document);
}

/** The two queries that read one slice; exported so that a test can ask for their plans. */
export function sliceQueries(
  source: Source,
  filter: RunFilter,
  direction: "ASC" | "DESC",
): { readonly border: string; readonly rows: string; readonly filterCells: readonly unknown[] } {
  const order = `ORDER BY k.created_at ${direction}, k.id ${direction}`;
  const within = "(k.created_at, k.id) < (?, ?) AND (k.created_at, k.id) > (?, ?)";
  const { conditions, cells } = conditionsOf(filter);
  const alias = source.runs === "" ? "k" : "r";
  const filtered = conditions.map((condition) => ` AND ${condition.replaceAll("$r", alias)}`).join("");
  return {
    border: `SELECT k.created_at, k.id FROM ${source.keys} WHERE ${source.condition} AND ${within} ${order} LIMIT 1 OFFSET ?`,
    rows:
      `SELECT k.created_at, k.id, ${alias}.document FROM ${source.keys}${source.runs} ` +
      `WHERE ${source.condition} AND ${within}${filtered} ${order} LIMIT ?`,
    filterCells: cells,
  };
}

/** Where a list with this filter is read from: the narrowest index that the filter names. */
export function sourcesOf(filter: RunFilter): readonly Source[] {
  if (filter.batchId !== undefined) return [fromIndex("runs_by_batch", "k.batch_id = ?", filter.batchId)];
  if (filter.parentRunId !== undefined) return [fromIndex("runs_by_parent", "k.parent_run_id = ?", filter.parentRunId)];
  if (isGiven(filter.tags)) {
    return filter.tags.map((tag) => ({
      keys: "run_tags AS k",
      runs: " CROSS JOIN runs AS r ON r.id = k.id",
      condition: "k.tag = ?",
      cells: [toKeyText(tag)],
    }));
  }
  const byTask = isGiven(filter.taskIds);
  if (isGiven(filter.statuses) && !(byTask && filter.statuses.includes("completed"))) {
    const resting = filter.statuses.map((status) => fromIndex("runs_by_status", "k.is_active = 0 AND k.status = ?", status));
    return [...resting, fromIndex("runs_active", "k.is_active = 1")];
  }
  if (isGiven(filter.taskIds)) {
    return filter.taskIds.map((taskId) => fromIndex("runs_by_task", "k.task_id = ?", toKeyText(taskId)));
  }
  return [fromIndex("runs_by_creation", "TRUE")];
}

function* readSource(
  connection: Connection,
  source: Source,
  filter: RunFilter,
  range: Range,
  direction: "ASC" | "DESC",
  limit: number,
): Generator<undefined, readonly unknown[][]> {
  const queries = sliceQueries(source, filter, direction);
  const border = connection.prepare(queries.border);
  const rows = connection.prepare(queries.rows);
  const found: unknown[][] = [];
  let { newest, oldest } = range;
  while (found.length < limit) {
    const last = border.get([...source.cells, ...newest, ...oldest, placesPerSlice - 1]);
    const end: [number, string] | undefined = last && [Number(last[0]), `${String(last[1])}`];
    const sliceRange =
      end === undefined ? [...newest, ...oldest] : direction === "DESC" ? [...newest, ...before(end)] : [...past(end), ...oldest];
    found.push(...rows.all([...source.cells, ...sliceRange, ...queries.filterCells, limit - found.length]));
    if (end === undefined) break;
    if (direction === "DESC") newest = end;
    else oldest = end;
    yield;
  }
  return found;
}

/** The place just before another one: ids hold no character as small as U+0001. */
function before([createdAt, id]: readonly [number, string]): readonly [number, string] {
  return id === "" ? [createdAt - 0.5, ""] : [createdAt, id.slice(0, -1) + String.fromCharCode(id.charCodeAt(id.length - 1) - 1) + "\uffff"];
}

function past([createdAt, id]: readonly [number, string]): readonly [number, string] {
  return [createdAt, `${id}\u0001`];
}

function rangeOf(filter: RunFilter, before: ListCursor | undefined, after: ListCursor | undefined): Range {
  const newest = [before === undefined ? undefined : place(before), limitAt(filter.createdTo, 0.5)];
  const oldest = [after === undefined ? undefined : place(after), limitAt(filter.createdFrom, -0.5)];
  return {
    newest: newest.filter((one) => one !== undefined).sort(comparePlaces)[0] ?? [Number.MAX_SAFE_INTEGER, ""],
    oldest: oldest.filter((one) => one !== undefined).sort(comparePlaces).at(-1) ?? [Number.MIN_SAFE_INTEGER, ""],
  };
}
