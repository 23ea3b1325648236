import type { TriggeredRun__Output, TriggerItem } from "@baton/proto";
import { keepOpen } from "../attempt/open-call.ts";
import { callRun, currentClient } from "../client/client.ts";
import { configured } from "../client/client-config.ts";
import { apiError } from "../client/errors.ts";
import { type RequestOptions, resolveRequest, withRetries } from "../client/request-options.ts";
import { type EncodedValue, encodeValue } from "../values/encode-value.ts";
import { UnstorableValueError } from "../values/unstorable-value-error.ts";
import { refuseBrokenText } from "../values/well-formed.ts";
import { newBatchId, newRunId } from "./run-id.ts";
import { refuseOptions, type TriggerOptions, triggerOptionsToWire } from "./trigger-options.ts";
import { warnOfUnregistered } from "./unregistered-warning.ts";

/** A triggered run. Calls of `runs` that get the handle know the types of payload and output. */
export interface RunHandle<TId extends string = string, TPayload = unknown, TOutput = unknown> {
  readonly id: string;
  readonly taskIdentifier: TId;
  /** Whether the run existed before, by its idempotency key. */
  readonly isCached: boolean;
  /**
   * Whether some version contains the task. If not, the run waits as `PENDING_VERSION` until one does, and a warning names
   * the task: check the spelling of its id.
   */
  readonly isRegistered: boolean;
  /** Always empty: there are no tokens for browsers. */
  readonly publicAccessToken: string;
  /** Exists in types only. */
  readonly "~types"?: { readonly payload: TPayload; readonly output: TOutput };
}

/** One item of a batch. */
export interface BatchItem<TPayload = unknown> {
  readonly payload: TPayload;
  readonly options?: TriggerOptions;
}

/** A triggered batch, with its runs in the order of the items. */
export interface BatchHandle<TId extends string = string, TPayload = unknown, TOutput = unknown> {
  readonly batchId: string;
  readonly runCount: number;
  readonly isCached: boolean;
  readonly runs: readonly RunHandle<TId, TPayload, TOutput>[];
}

type PayloadCheck = (payload: unknown) => unknown;

/** No coordinator accepts a longer message; its own limit for payloads is far below. */
const maxMessageBytes = 30 * 1024 * 1024;

/**
 * Creates one run. Repeating the call is safe, because the run's id is made here.
 * @param check - Throws or rejects for a payload that must not be sent; its result is not used.
 * @throws ApiError; the error of `check`
 */
export async function triggerRun<TId extends string, TPayload, TOutput>(
  taskId: TId,
  payload: TPayload,
  options?: TriggerOptions,
  requestOptions?: RequestOptions,
  check?: PayloadCheck,
): Promise<RunHandle<TId, TPayload, TOutput>> {
  const item = toItem(taskId, payload, options, "payload");
  const run = await keepOpen(`trigger of "${taskId}"`, async () => {
    if (check !== undefined) await check(payload);
    const request = resolveRequest(requestOptions, configured().requestOptions);
    return withRetries(request, () => currentClient().triggers.trigger(item, request.timeoutMs));
  });
  return toHandle(taskId, run);
}

/**
 * Creates the runs of one batch, or none.
 * @param check - As in `triggerRun`; called for every payload in order.
 * @throws ApiError; the error of `check`
 */
export async function triggerBatch<TId extends string, TPayload, TOutput>(
  taskId: TId,
  items: readonly BatchItem<TPayload>[],
  options?: object,
  requestOptions?: RequestOptions,
  check?: PayloadCheck,
): Promise<BatchHandle<TId, TPayload, TOutput>> {
  refuseOptions(options, "batchTrigger");
  if (!Array.isArray(items))
    throw apiError("BATCH_INVALID", "batchTrigger expected an array of { payload, options? }.");
  const wireItems = items.map((item: BatchItem<TPayload>, index) => {
    if (typeof item !== "object" || item === null) {
      throw apiError("BATCH_INVALID", `Item ${index} is not of the form { payload, options? }.`, `items[${index}]`);
    }
    return toItem(taskId, item.payload, item.options, `items[${index}].payload`);
  });
  const bytes = wireItems.reduce((sum, item) => sum + payloadBytes(item), 0);
  if (bytes > maxMessageBytes) {
    throw apiError(
      "BATCH_INVALID",
      `The batch has ${bytes} bytes of payload, more than any coordinator accepts.`,
      "items",
    );
  }
  const { batchId, runs } = await keepOpen(`batchTrigger of "${taskId}"`, async () => {
    if (check !== undefined) for (const { payload } of items) await check(payload);
    return callRun("BatchTrigger", { batchId: newBatchId(), items: wireItems }, requestOptions);
  });
  return {
    batchId,
    runCount: runs.length,
    isCached: runs.length > 0 && runs.every((run) => run.isCached),
    runs: runs.map((run) => toHandle(taskId, run)),
  };
}

function toHandle<TId extends string, TPayload, TOutput>(
  taskId: TId,
  { runId, isCached, status }: TriggeredRun__Output,
): RunHandle<TId, TPayload, TOutput> {
  const isRegistered = status !== "RUN_STATUS_PENDING_VERSION";
  if (!isRegistered) warnOfUnregistered(taskId);
  return { id: runId, taskIdentifier: taskId, isCached, isRegistered, publicAccessToken: "" };
}

function toItem(taskId: string, payload: unknown, options: TriggerOptions | undefined, field: string): TriggerItem {
  if (typeof taskId !== "string" || taskId === "") {
    throw apiError("OPTION_INVALID", `Expected the id of a task, got ${JSON.stringify(taskId)}.`, "taskId");
  }
  refuseBrokenText(taskId, "taskId");
  return {
    taskId,
    ...encodePayload(payload, field),
    options: triggerOptionsToWire(options),
    runId: newRunId(),
  };
}

/** Counts the bytes of a payload and its types. */
function payloadBytes({ payload = "", payloadTypes = "" }: TriggerItem): number {
  return Buffer.byteLength(payload) + Buffer.byteLength(payloadTypes);
}

function encodePayload(value: unknown, field: string): Pick<TriggerItem, "payload" | "payloadTypes"> {
  const { json = "", types } = encode(value, field);
  const payload = types === undefined ? { payload: json } : { payload: json, payloadTypes: types };
  const bytes = payloadBytes(payload);
  if (bytes <= maxMessageBytes) return payload;
  throw apiError("PAYLOAD_TOO_LARGE", `The payload has ${bytes} bytes, more than any coordinator accepts.`, field);
}

function encode(value: unknown, field: string): EncodedValue {
  try {
    return encodeValue(value, field);
  } catch (error) {
    if (!(error instanceof UnstorableValueError)) throw error;
    throw apiError("VALUE_NOT_STORABLE", `The payload cannot be stored. ${error.message}`, field, error);
  }
}
