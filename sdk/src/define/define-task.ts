import { findRuntime, type TaskRecord, taskKey } from "../attempt/runtime.ts";
import type { RequestOptions } from "../client/request-options.ts";
import type { BatchHandle, BatchItem, RunHandle } from "../runs/trigger.ts";
import { triggerBatch, triggerRun } from "../runs/trigger.ts";
import type { TriggerOptions } from "../runs/trigger-options.ts";

/** A task that can be triggered. `typeof myTask` carries its types into other programs. */
export interface Task<TId extends string = string, TPayload = unknown, TOutput = unknown> {
  readonly id: TId;
  /** Exists in types only. */
  readonly "~types"?: { readonly payload: TPayload; readonly output: TOutput };
  /**
   * Creates one run and resolves once it is stored.
   * @throws ApiError, or what the task's schema throws for the payload
   */
  trigger(
    payload: TPayload,
    options?: TriggerOptions,
    requestOptions?: RequestOptions,
  ): Promise<RunHandle<TId, TPayload, TOutput>>;
  /**
   * Creates 1 to 1,000 runs, or none when one item is not valid.
   * @throws ApiError, or what the task's schema throws for the first payload that it refuses
   */
  batchTrigger(
    items: readonly BatchItem<TPayload>[],
    options?: Record<string, never>,
    requestOptions?: RequestOptions,
  ): Promise<BatchHandle<TId, TPayload, TOutput>>;
}

/**
 * Makes a task object and tells the runtime of this thread about it.
 * @param madeBy - The function that the user called, for messages.
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
  // Other code of its thread may have the task too, and could give it another function.
  Object.defineProperty(defined, taskKey, { writable: false, configurable: false });
  findRuntime()?.taskDefined(defined);
  return defined;
}
