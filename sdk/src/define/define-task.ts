import { findRuntime, type TaskRecord, taskKey } from "../attempt/runtime.ts";
import type { RequestOptions } from "../client/request-options.ts";
import type { BatchHandle, BatchItem, RunHandle } from "../runs/trigger.ts";
import { triggerBatch, triggerRun } from "../runs/trigger.ts";
import type { TriggerOptions } from "../runs/trigger-options.ts";

/** A task that can be triggered. Other programs use its types through `typeof myTask`. */
export interface Task<TId extends string = string, TPayload = unknown, TOutput = unknown> {
  readonly id: TId;
  /** Exists in types only. */
  readonly "~types"?: { readonly payload: TPayload; readonly output: TOutput };
  /**
   * Creates one run and resolves once the run is stored.
   * @throws ApiError; the error of the task's schema when it refuses the payload
   */
  trigger(
    payload: TPayload,
    options?: TriggerOptions,
    requestOptions?: RequestOptions,
  ): Promise<RunHandle<TId, TPayload, TOutput>>;
  /**
   * Creates 1 to 1,000 runs, or none when one item is not valid.
   * @throws ApiError; the error of the task's schema for the first payload that it refuses
   */
  batchTrigger(
    items: readonly BatchItem<TPayload>[],
    options?: Record<string, never>,
    requestOptions?: RequestOptions,
  ): Promise<BatchHandle<TId, TPayload, TOutput>>;
}

/**
 * Makes a task object and reports it to the runtime of this thread.
 * @param madeBy - Name of the function that the user called, for messages.
 * @throws TypeError, see `task`
 */
export function defineTask<TId extends string, TPayload, TOutput>(
  madeBy: string,
  definition: { readonly id: TId; readonly run: unknown },
  parsePayload?: TaskRecord["parsePayload"],
): Task<TId, TPayload, TOutput> {
  if (typeof definition !== "object" || definition === null) {
    throw new TypeError(`${madeBy}() expected an object such as { id: "my-task", run: async (payload) => … }.`);
  }
  const { id, run, ...options } = definition;
  if (typeof id !== "string") throw new TypeError(`${madeBy}() expected "id" to be a string, got ${typeof id}.`);
  if (typeof run !== "function") {
    throw new TypeError(`${madeBy}("${id}") expected "run" to be a function, got ${typeof run}.`);
  }
  const record: TaskRecord = {
    id,
    run: run as TaskRecord["run"],
    options: Object.freeze(options),
    ...(parsePayload && { parsePayload }),
  };
  const defined: Task<TId, TPayload, TOutput> & { readonly [taskKey]: TaskRecord } = {
    id,
    [taskKey]: Object.freeze(record),
    trigger: (payload, triggerOptions, requestOptions) =>
      triggerRun(id, payload, triggerOptions, requestOptions, parsePayload),
    batchTrigger: (items, batchOptions, requestOptions) =>
      triggerBatch(id, items, batchOptions, requestOptions, parsePayload),
  };
  // Other code of the thread can reach the task object and must not replace its function.
  Object.defineProperty(defined, taskKey, { writable: false, configurable: false });
  findRuntime()?.taskDefined(defined);
  return defined;
}
