import type { ListCursor, RunFilter } from "../store.ts";
import type { Connection } from "./connection.ts";
import { toKeyText } from "./key-text.ts";

/** An ordered set of runs from which a list is read: an index, and the parts of the query on it. */
export interface ListSource {
  /** The text after FROM. `k` has creation and id, `r` is the run. */
  readonly keys: string;
  readonly runs: string;
  readonly condition: string;
  readonly cells: readonly unknown[];
}

/** Creation and id. */
type Place = readonly [number, string];

/** The places between two places, both excluded. */
interface Range {
  readonly newest: Place;
  readonly oldest: Place;
}

const firstPlace: Place = [Number.MIN_SAFE_INTEGER, ""];
const lastPlace: Place = [Number.MAX_SAFE_INTEGER, ""];

/** Places that are read before other requests get their turn: about 3 ms. */
const placesPerSlice = 500;

/**
 * Lists runs, newest first, as documents. A filter that few runs pass may have to read many, so the list yields after
 * every slice of the index, and the caller serves other requests in between.
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

/** Returns the two queries that read one slice. Exported so that a test can check their plans. */
export function sliceQueries(
  source: ListSource,
  filter: RunFilter,
  direction: "ASC" | "DESC",
): { readonly border: string; readonly rows: string; readonly filterCells: readonly unknown[] } {
  const order = `ORDER BY k.created_at ${direction}, k.id ${direction}`;
  const within = "(k.created_at, k.id) < (?, ?) AND (k.created_at, k.id) > (?, ?)";
  const { conditions, cells } = conditionsOf(filter);
  const alias = source.runs === "" ? "k" : "r";
  const filtered = conditions.map((condition) => ` AND ${condition.replaceAll("$r", alias)}`).join("");
  const until = direction === "DESC" ? ">=" : "<=";
  return {
    border: `SELECT k.created_at, k.id FROM ${source.keys} WHERE ${source.condition} AND ${within} ${order} LIMIT 1 OFFSET ?`,
    rows:
      `SELECT k.created_at, k.id, ${alias}.document FROM ${source.keys}${source.runs} ` +
      `WHERE ${source.condition} AND ${within} AND (k.created_at, k.id) ${until} (?, ?)${filtered} ${order} LIMIT ?`,
    filterCells: cells,
  };
}

/** Returns the narrowest indexes for a list with this filter. */
export function sourcesOf(filter: RunFilter): readonly ListSource[] {
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
    const resting = filter.statuses.map((status) =>
      fromIndex("runs_by_status", "k.is_active = 0 AND k.status = ?", status),
    );
    return [...resting, fromIndex("runs_active", "k.is_active = 1")];
  }
  if (isGiven(filter.taskIds)) {
    return filter.taskIds.map((taskId) => fromIndex("runs_by_task", "k.task_id = ?", toKeyText(taskId)));
  }
  return [fromIndex("runs_by_creation", "TRUE")];
}

function* readSource(
  connection: Connection,
  source: ListSource,
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
    const bounds = [...source.cells, ...newest, ...oldest];
    const last = border.get([...bounds, placesPerSlice - 1]);
    const end: Place | undefined = last && [Number(last[0]), String(last[1])];
    const until = end ?? (direction === "DESC" ? firstPlace : lastPlace);
    found.push(...rows.all([...bounds, ...until, ...queries.filterCells, limit - found.length]));
    if (end === undefined) break;
    if (direction === "DESC") newest = end;
    else oldest = end;
    yield;
  }
  return found;
}

function rangeOf({ createdFrom, createdTo }: RunFilter, before?: ListCursor, after?: ListCursor): Range {
  let newest = lastPlace;
  let oldest = firstPlace;
  if (createdTo !== undefined) newest = [createdTo + 0.5, ""];
  if (createdFrom !== undefined) oldest = [createdFrom - 0.5, ""];
  if (before !== undefined && isOlder([before.createdAt, before.id], newest)) newest = [before.createdAt, before.id];
  if (after !== undefined && isOlder(oldest, [after.createdAt, after.id])) oldest = [after.createdAt, after.id];
  return { newest, oldest };
}

function isOlder(a: Place, b: Place): boolean {
  return a[0] < b[0] || (a[0] === b[0] && a[1] < b[1]);
}

function fromIndex(index: string, condition: string, ...cells: readonly unknown[]): ListSource {
  return { keys: `runs AS k INDEXED BY ${index}`, runs: "", condition, cells };
}

function conditionsOf(filter: RunFilter): {
  readonly conditions: readonly string[];
  readonly cells: readonly unknown[];
} {
  const among = (column: string) => `${column} IN (SELECT value FROM json_each(?))`;
  const lists: readonly (readonly [string, readonly string[] | undefined])[] = [
    [among("$r.status"), filter.statuses],
    [among("$r.task_id"), filter.taskIds?.map(toKeyText)],
    [among("json_extract($r.document, '$.version')"), filter.versions],
    [among("json_extract($r.document, '$.queue')"), filter.queues],
    [among("json_extract($r.document, '$.machine')"), filter.machines],
    [
      "EXISTS (SELECT 1 FROM json_each(?) AS t JOIN run_tags AS g " +
        "ON g.tag = t.value AND g.created_at = $r.created_at AND g.id = $r.id)",
      filter.tags?.map(toKeyText),
    ],
  ];
  const given = lists.filter(([, values]) => isGiven(values));
  const singles: readonly (readonly [string, unknown])[] = [
    ["$r.batch_id = ?", filter.batchId],
    ["$r.parent_run_id = ?", filter.parentRunId],
    ["json_extract($r.document, '$.isTest') = ?", filter.isTest === undefined ? undefined : Number(filter.isTest)],
  ];
  const alone = singles.filter(([, value]) => value !== undefined);
  return {
    conditions: [...given, ...alone].map(([condition]) => condition),
    cells: [...given.map(([, values]) => JSON.stringify(values)), ...alone.map(([, value]) => value)],
  };
}

function isGiven<T>(list: readonly T[] | undefined): list is readonly T[] {
  return list !== undefined && list.length > 0;
}
