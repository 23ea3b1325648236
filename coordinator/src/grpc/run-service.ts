import {
  type BatchTriggerRequest__Output,
  type BatchTriggerResponse,
  durationToWire,
  type FindRunsRequest__Output,
  type FindRunsResponse,
  type ItemError,
  type ListRunsRequest__Output,
  type ListRunsResponse,
  type ReplayRunRequest__Output,
  type ReplayRunResponse,
  type RunServiceHandlers,
  type TriggerManyRequest__Output,
  type TriggerManyResponse,
  type TriggerRequest__Output,
  type TriggerResponse,
  timestampFromWire,
} from "@baton/proto";
import { isId, isIdPrefix, type RunId } from "@baton/proto/contract/ids";
import { type RunStatus, runStatusFromWire, runStatusToWire } from "@baton/proto/contract/run-status";
import type { TriggerCommand, TriggerOutcome } from "../callers/trigger-command.ts";
import { InvalidRequestError, RunNotFoundError, shortened } from "../errors.ts";
import type { ListedRun, RunFilter } from "../store/store.ts";
import { WatchBudget } from "./guard/watch-budget.ts";
import { duplexStream, unary } from "./handler.ts";
import { byteLengthOf } from "./requests/json-text.ts";
import { newId } from "./requests/new-id.ts";
import { pageToken, parsePageToken } from "./requests/page-token.ts";
import { checkLength } from "./requests/text-limits.ts";
import { defaultKeyTtlMs, parseRunId, parseTriggerItem, type TriggerChecks } from "./requests/trigger-request.ts";
import type { ServiceContext } from "./service-context.ts";
import { watchRuns } from "./watch-runs.ts";
import { listedRunToWire, runToWire, triggeredToWire } from "./wire/convert-run.ts";
import { visibleFailure } from "./wire/status.ts";

/** The most items of one TriggerMany or BatchTrigger call. */
export const maxItems = 1_000;
/** The most bytes of UTF-8 of all payloads of one batch. */
export const maxBatchPayloadBytes = 16 * 1024 * 1024;
/** The most runs on a page. */
export const maxPageSize = 100;
/** Runs on a page when the caller sets no size. */
export const defaultPageSize = 25;

/** The most characters that are kept of a cancellation's reason. */
const maxCancelReasonLength = 1_024;
/** The most values in one filter of a list; each value may be a search of its own. */
const maxFilterValues = 100;
const defaultCancelReason = "Canceled by a caller.";

/** Triggers, reads, cancels, replays and watches runs. */
export function runService(context: ServiceContext): RunServiceHandlers {
  const watches = new WatchBudget();
  return {
    Trigger: unary(context, (request) => trigger(context, request)),
    TriggerMany: unary(context, (request) => triggerMany(context, request)),
    BatchTrigger: unary(context, (request) => batchTrigger(context, request)),
    GetRun: unary(context, async ({ runId }) => {
      checkLength(runId, "run_id");
      const view = await context.coordinator.runs.find(runId as RunId);
      if (view === undefined) throw new RunNotFoundError(runId);
      return { run: runToWire(view) };
    }),
    ListRuns: unary(context, (request) => listRuns(context, request)),
    FindRuns: unary(context, (request) => findRuns(context, request)),
    CancelRun: unary(context, async ({ runId, reason }) => {
      checkLength(runId, "run_id");
      const status = await context.coordinator.runs.cancel(runId as RunId, cancelReason(reason));
      if (status === undefined) throw new RunNotFoundError(runId);
      return { runId, status: runStatusToWire[status] };
    }),
    ReplayRun: unary(context, (request) => replayRun(context, request)),
    WatchRuns: duplexStream(context, (call) => watchRuns(context, call, watches)),
  };
}

async function trigger(context: ServiceContext, { item }: TriggerRequest__Output): Promise<TriggerResponse> {
  if (item === null) throw new InvalidRequestError("OPTION_INVALID", "item", "The item to trigger is missing.");
  const [outcome] = await context.coordinator.runs.trigger([parseTriggerItem(item, "item.", checksOf(context))]);
  return { run: triggeredOrThrow(outcome) };
}

async function triggerMany(
  context: ServiceContext,
  { items }: TriggerManyRequest__Output,
): Promise<TriggerManyResponse> {
  if (items.length > maxItems) throw tooManyItems(items.length);
  const checks = checksOf(context);
  const results: TriggerManyResponse["results"] & object = [];
  const commands: TriggerCommand[] = [];
  const places: number[] = [];
  for (const [place, item] of items.entries()) {
    try {
      commands.push(parseTriggerItem(item, "", checks));
      places.push(place);
    } catch (error) {
      results[place] = { error: itemError(context, error) };
    }
  }
  const outcomes = commands.length === 0 ? [] : await context.coordinator.runs.trigger(commands);
  for (const [index, place] of places.entries()) {
    const outcome = outcomes[index];
    results[place] = outcome?.ok ? { run: triggeredToWire(outcome) } : { error: itemError(context, outcome?.error) };
  }
  return { results };
}

async function batchTrigger(
  context: ServiceContext,
  { batchId: givenId, items }: BatchTriggerRequest__Output,
): Promise<BatchTriggerResponse> {
  if (items.length === 0) throw new InvalidRequestError("BATCH_INVALID", "items", "A batch needs at least one item.");
  if (items.length > maxItems) throw tooManyItems(items.length);
  if (givenId !== "" && !isId("batch_", givenId)) {
    const message = 'A batch id is "batch_" and 8 to 64 letters or digits.';
    throw new InvalidRequestError("BATCH_INVALID", "batch_id", message);
  }
  const payloadBytes = items.reduce((sum, item) => sum + byteLengthOf([item.payload, item.payloadTypes]), 0);
  if (payloadBytes > maxBatchPayloadBytes) {
    const message = `The payloads have ${payloadBytes} bytes together; at most ${maxBatchPayloadBytes} are allowed.`;
    throw new InvalidRequestError("BATCH_INVALID", "items", message);
  }
  const batchId = givenId || newId("batch_", context.clock.wallNow());
  const checks = checksOf(context);
  const commands = items.map((item, index) => parseTriggerItem(item, `items[${index}].`, checks, batchId));
  const seen = new Set<string>();
  for (const [index, { runId }] of commands.entries()) {
    if (seen.has(runId)) {
      const message = `Two items carry the run id "${runId}". Each item of a batch is a run of its own.`;
      throw new InvalidRequestError("BATCH_INVALID", `items[${index}].run_id`, message);
    }
    seen.add(runId);
  }
  const outcomes = await context.coordinator.runs.triggerBatch(commands);
  return { batchId, runs: outcomes.map(triggeredOrThrow) };
}

async function listRuns(context: ServiceContext, request: ListRunsRequest__Output): Promise<ListRunsResponse> {
  const limit = parsePageSize(request.pageSize);
  const cursor = parsePageToken(request.pageToken);
  // One run beyond the page shows whether there is another page in the direction of reading.
  const found = await context.coordinator.runs.list(parseFilter(request), cursor, limit + 1);
  const hasMore = found.length > limit;
  const backwards = cursor.after !== undefined;
  const runs = hasMore ? (backwards ? found.slice(-limit) : found.slice(0, limit)) : found;
  const hasOlder = backwards || hasMore;
  const hasNewer = backwards ? hasMore : cursor.before !== undefined;
  return {
    runs: runs.map(listedRunToWire),
    nextPageToken: hasOlder ? tokenOf("older", runs.at(-1)) : "",
    previousPageToken: hasNewer ? tokenOf("newer", runs[0]) : "",
  };
}

async function findRuns(
  { coordinator }: ServiceContext,
  { idPrefix, pageSize }: FindRunsRequest__Output,
): Promise<FindRunsResponse> {
  if (!isIdPrefix("run_", idPrefix)) {
    const message = `A run id begins with "run_" and has up to 64 letters or digits after it; "${shortened(idPrefix)}" is no such beginning.`;
    throw new InvalidRequestError("OPTION_INVALID", "id_prefix", message);
  }
  const limit = parsePageSize(pageSize);
  const found = await coordinator.runs.findByPrefix(idPrefix, limit + 1);
  return { runs: found.slice(0, limit).map(listedRunToWire), hasMore: found.length > limit };
}

/** Replays a run. Copies what docs/tasks.md 10.3 names: never the key, delay, ttl, priority, limits or parent. */
async function replayRun(context: ServiceContext, request: ReplayRunRequest__Output): Promise<ReplayRunResponse> {
  checkLength(request.runId, "run_id");
  const original = await context.coordinator.runs.find(request.runId as RunId);
  if (original === undefined) throw new RunNotFoundError(request.runId);
  const { run, payload, payloadTypes } = original;
  const command: TriggerCommand = {
    runId: parseRunId(request.newRunId, "new_run_id", context.clock.wallNow()),
    taskId: run.taskId,
    ...(payload !== undefined && { payload }),
    ...(payloadTypes !== undefined && { payloadTypes }),
    idempotencyKeyTtlMs: defaultKeyTtlMs,
    tags: run.tags,
    priorityMs: 0,
    ...(run.machine !== undefined && { machine: run.machine }),
    isTest: run.isTest,
    isReplay: true,
    triggerFunction: "trigger",
  };
  const [outcome] = await context.coordinator.runs.trigger([command]);
  return { run: triggeredOrThrow(outcome) };
}

function checksOf({ coordinator, clock, maxPayloadBytes }: ServiceContext): TriggerChecks {
  return {
    maxPayloadBytes,
    wallNow: clock.wallNow(),
    tasks: coordinator.tasks,
  };
}

function triggeredOrThrow(outcome: TriggerOutcome | undefined): ReturnType<typeof triggeredToWire> {
  if (outcome?.ok) return triggeredToWire(outcome);
  throw outcome?.error ?? new Error("A trigger was not answered.");
}

function itemError(context: ServiceContext, error: unknown): ItemError {
  const failure = visibleFailure(error, context.log);
  return {
    status: failure.status,
    code: failure.code,
    message: failure.message,
    field: failure.field,
    retryDelay: durationToWire(failure.retryAfterMs),
  };
}

/** Cuts the reason, because it is stored with the run. */
function cancelReason(reason: string): string {
  if (reason === "") return defaultCancelReason;
  return reason.length > maxCancelReasonLength ? `${reason.slice(0, maxCancelReasonLength - 1)}…` : reason;
}

function parseFilter(request: ListRunsRequest__Output): RunFilter {
  for (const field of ["statuses", "taskIds", "versions", "tags", "queues", "machines"] as const) {
    const count = request[field].length;
    for (const value of request[field]) checkLength(value, field);
    if (count <= maxFilterValues) continue;
    const message = `A filter has at most ${maxFilterValues} values, this one has ${count}. Ask in several calls.`;
    throw new InvalidRequestError("TOO_MANY_ITEMS", field, message);
  }
  checkLength(request.batchId, "batch_id");
  checkLength(request.parentRunId, "parent_run_id");
  const createdFrom = timestampFromWire(request.fromTime);
  const createdTo = timestampFromWire(request.toTime);
  return {
    ...(request.statuses.length > 0 && { statuses: request.statuses.map(parseStatus) }),
    ...(request.taskIds.length > 0 && { taskIds: request.taskIds }),
    ...(request.versions.length > 0 && { versions: request.versions }),
    ...(request.tags.length > 0 && { tags: request.tags }),
    ...(request.queues.length > 0 && { queues: request.queues }),
    ...(request.machines.length > 0 && { machines: request.machines }),
    ...(request.batchId !== "" && { batchId: request.batchId }),
    ...(request.parentRunId !== "" && { parentRunId: request.parentRunId as RunId }),
    ...(request.isTest !== undefined && { isTest: request.isTest }),
    ...(createdFrom !== undefined && { createdFrom }),
    ...(createdTo !== undefined && { createdTo }),
  };
}

function parsePageSize(pageSize: number): number {
  const limit = pageSize || defaultPageSize;
  if (limit >= 1 && limit <= maxPageSize) return limit;
  const message = `A page has 1 to ${maxPageSize} runs, not ${pageSize}.`;
  throw new InvalidRequestError("OPTION_INVALID", "page_size", message);
}

function parseStatus(name: string): RunStatus {
  const status = runStatusFromWire.get(name);
  if (status !== undefined) return status;
  throw new InvalidRequestError("OPTION_INVALID", "statuses", `"${shortened(name)}" is no status to filter by.`);
}

function tokenOf(direction: "older" | "newer", run: ListedRun | undefined): string {
  return run === undefined ? "" : pageToken(direction, { createdAt: run.createdAt, id: run.id });
}

function tooManyItems(count: number): InvalidRequestError {
  const message = `${count} items are given; at most ${maxItems} are allowed in one call.`;
  return new InvalidRequestError("TOO_MANY_ITEMS", "items", message);
}
