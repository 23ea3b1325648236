import type { ListRunsRequest, RunStatus as WireStatus } from "@baton/proto";
import { timestampToWire } from "../bundled/wire-time.ts";
import { callRun } from "../client/client.ts";
import { apiError } from "../client/errors.ts";
import type { RequestOptions } from "../client/request-options.ts";
import { parseDuration } from "../contract/duration-text.ts";
import { parseRunStatusName, type RunStatusAlias, runStatusNameToWire } from "../contract/run-status.ts";
import { refuseBrokenText } from "../values/well-formed.ts";
import { type RunSummary, toRunSummary } from "./run-object.ts";
import type { RunStatus } from "./run-status.ts";

/** Filters of a list of runs. An absent member does not filter. */
export interface ListRunsParams {
  readonly status?: OneOrMany<RunStatus | RunStatusAlias>;
  readonly taskIdentifier?: OneOrMany<string>;
  readonly version?: OneOrMany<string>;
  /** Selects runs with any of these tags. */
  readonly tag?: OneOrMany<string>;
  readonly queue?: OneOrMany<string>;
  readonly machine?: OneOrMany<string>;
  /** Selects runs created at or after this time; a number is milliseconds since the epoch. */
  readonly from?: Date | string | number;
  /** Selects runs created at or before this time. */
  readonly to?: Date | string | number;
  /** Selects runs created within this time until now, for example `"24h"`; not together with `from`. */
  readonly period?: string;
  /** A batch id. */
  readonly batch?: string;
  readonly isTest?: boolean;
  /** Number of runs in a page, 1 to 100. @defaultValue 25 */
  readonly limit?: number;
  /** The `pagination.next` of an earlier page, for older runs. */
  readonly after?: string;
  /** The `pagination.previous` of an earlier page, for newer runs. */
  readonly before?: string;
}

type OneOrMany<T> = T | readonly T[];

/**
 * One page of runs. Iterating goes through this page and every later one.
 * @example
 * for await (const { id, status } of await runs.list({ tag: "user:7" })) console.log(id, status);
 */
export class RunPage implements AsyncIterable<RunSummary> {
  readonly data: readonly RunSummary[];
  readonly pagination: { readonly next?: string; readonly previous?: string };
  readonly #request: ListRunsRequest;
  readonly #options: RequestOptions | undefined;

  /** @internal */
  constructor(
    data: readonly RunSummary[],
    pagination: { readonly next?: string; readonly previous?: string },
    request: ListRunsRequest,
    options: RequestOptions | undefined,
  ) {
    this.data = data;
    this.pagination = pagination;
    this.#request = request;
    this.#options = options;
  }

  hasNextPage(): boolean {
    return this.pagination.next !== undefined;
  }

  hasPreviousPage(): boolean {
    return this.pagination.previous !== undefined;
  }

  /** Reads the next page. @throws Error when there is none; ApiError */
  getNextPage(): Promise<RunPage> {
    return this.#go(this.pagination.next, "next");
  }

  /** Reads the page before this one. @throws Error when there is none; ApiError */
  getPreviousPage(): Promise<RunPage> {
    return this.#go(this.pagination.previous, "previous");
  }

  async *[Symbol.asyncIterator](): AsyncIterator<RunSummary> {
    yield* this.data;
    let page = this.hasNextPage() ? await this.getNextPage() : undefined;
    while (page) {
      yield* page.data;
      page = page.hasNextPage() ? await page.getNextPage() : undefined;
    }
  }

  async #go(pageToken: string | undefined, name: string): Promise<RunPage> {
    if (pageToken === undefined) throw new Error(`There is no ${name} page; ask hasNextPage() or hasPreviousPage().`);
    return loadPage({ ...this.#request, pageToken }, this.#options);
  }
}

/** Reads the first page that matches the filters. @throws ApiError */
export async function listRuns(params: ListRunsParams = {}, options?: RequestOptions): Promise<RunPage> {
  return loadPage(toRequest(params, Date.now()), options);
}

async function loadPage(request: ListRunsRequest, options: RequestOptions | undefined): Promise<RunPage> {
  const { runs, nextPageToken, previousPageToken } = await callRun("ListRuns", request, options);
  const pagination = {
    ...(nextPageToken === "" ? {} : { next: nextPageToken }),
    ...(previousPageToken === "" ? {} : { previous: previousPageToken }),
  };
  return new RunPage(runs.map(toRunSummary), pagination, request, options);
}

const known: readonly string[] = [
  "status",
  "taskIdentifier",
  "version",
  "tag",
  "queue",
  "machine",
  "from",
  "to",
  "period",
  "batch",
  "isTest",
  "limit",
  "after",
  "before",
] satisfies readonly (keyof ListRunsParams)[];

function toRequest(params: ListRunsParams, nowMs: number): ListRunsRequest {
  for (const [name, value] of Object.entries(params)) {
    for (const text of many(value as OneOrMany<unknown>)) if (typeof text === "string") refuseBrokenText(text, name);
    if (value === undefined || known.includes(name)) continue;
    if (name === "schedule") throw apiError("OPTION_NOT_SUPPORTED", `runs.list does not support "schedule" yet.`, name);
    throw apiError("OPTION_INVALID", `runs.list has no filter "${name}"; check its spelling.`, name);
  }
  if (params.period !== undefined && params.from !== undefined) {
    throw apiError("OPTION_INVALID", `runs.list takes "period" or "from", not both.`, "period");
  }
  if (params.after !== undefined && params.before !== undefined) {
    throw apiError("OPTION_INVALID", `runs.list takes "after" or "before", not both.`, "after");
  }
  const { limit } = params;
  if (limit !== undefined && (!Number.isInteger(limit) || limit < 1 || limit > 100)) {
    throw apiError("OPTION_INVALID", `Expected a "limit" from 1 to 100, got ${limit}.`, "limit");
  }
  const fromMs = params.period === undefined ? instantMs(params.from, "from") : nowMs - periodMs(params.period);
  return {
    statuses: many(params.status).map(toWireStatus),
    taskIds: many(params.taskIdentifier),
    versions: many(params.version),
    tags: many(params.tag),
    queues: many(params.queue),
    machines: many(params.machine),
    batchId: params.batch ?? "",
    ...(params.isTest === undefined ? {} : { isTest: params.isTest }),
    fromTime: timestampToWire(fromMs),
    toTime: timestampToWire(instantMs(params.to, "to")),
    pageSize: limit ?? 0,
    pageToken: params.after ?? params.before ?? "",
  };
}

function many<T>(value: OneOrMany<T> | undefined): T[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? [...(value as readonly T[])] : [value as T];
}

function toWireStatus(status: string): WireStatus {
  const name = parseRunStatusName(status);
  if (name === undefined) throw apiError("OPTION_INVALID", `There is no run status "${status}".`, "status");
  return runStatusNameToWire(name);
}

function instantMs(value: Date | string | number | undefined, field: string): number | undefined {
  if (value === undefined) return undefined;
  const ms = new Date(value).getTime();
  if (Number.isNaN(ms))
    throw apiError("OPTION_INVALID", `Expected a date for "${field}", got ${String(value)}.`, field);
  return ms;
}

function periodMs(period: string): number {
  const ms = parseDuration(period);
  if (ms !== undefined) return ms;
  throw apiError("OPTION_INVALID", `Expected a duration such as "24h" for "period", got "${period}".`, "period");
}
