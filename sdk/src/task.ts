import type { Context } from "./context.ts";
import type { TriggerRequestOptions } from "./request-options.ts";
import { findRuntime, type TaskRecord, taskKey } from "./runtime.ts";
import { type BatchHandle, type BatchItem, type RunHandle, triggerBatch, triggerRun } from "./trigger.ts";
import type { TriggerOptions } from "./trigger-options.ts";

/** When and how often a failed attempt is followed by another. Members that are missing take these defaults. */
export interface RetryOptions {
  /** Attempts in total, the first included; 1 or less: a single attempt. @defaultValue 3 */
  readonly maxAttempts?: number;
  /** Growth of the delay per retry, above 0. @defaultValue 2 */
  readonly factor?: number;
  /** Milliseconds before the second attempt. @defaultValue 1_000 */
  readonly minTimeoutInMs?: number;
  /** Upper bound of a delay in milliseconds. @defaultValue 60_000 */
  readonly maxTimeoutInMs?: number;
  /** Multiplies each delay by a random number in [1, 2). @defaultValue true */
  readonly randomize?: boolean;
  /** The preset for attempts after one that ran out of memory; none by default. */
  readonly outOfMemory?: { readonly machine: string };
}

/** Runs that share a limit. */
export interface TaskQueue {
  /** @defaultValue a queue of the task's own */
  readonly name?: string;
  /** How many of its runs may execute at once, at least 1; no limit by default. */
  readonly concurrencyLimit?: number;
}

/** A machine preset by name, or by the vCPU and GB that it has. */
export type TaskMachine = string | { readonly preset: string } | { readonly cpu: number; readonly memory: number };

/** What `run` gets besides the payload. */
export interface RunParams {
  readonly ctx: Context;
  /** What the `init` hook returned; undefined without one. */
  readonly init: unknown;
  /** Aborted when the run is cancelled or the attempt's time is over. */
  readonly signal: AbortSignal;
}

/** A task as its author writes it. */
export interface TaskDefinition<TId extends string, TPayload, TOutput> {
  /** Unique in the project, the same in every version: letters, digits and `_ . : / -`, at most 128 characters. */
  readonly id: TId;
  /** Shown in listings. */
  readonly description?: string;
  /** Executes one attempt; what it returns or resolves to is the run's output, as JSON. */
  readonly run: (payload: TPayload, params: RunParams) => Promise<TOutput> | TOutput;
  /** Replaces the configured default as a whole. */
  readonly retry?: RetryOptions;
  readonly queue?: TaskQueue;
  /** @defaultValue the configured one, else `"small-1x"` */
  readonly machine?: TaskMachine;
  /** Seconds of active time after which an attempt is stopped; `timeout.None`: no limit. */
  readonly maxDuration?: number;
  /** How long a run may stay queued before its first attempt: a duration such as `"10m"`, or seconds; 0: for ever. */
  readonly ttl?: string | number;
  /** JSON Schema of the payload, for listings; payloads are not checked with it. */
  readonly jsonSchema?: object;
}

/** A task that can be triggered. `typeof myTask` carries its types into other programs. */
export interface Task<TId extends string = string, TPayload = unknown, TOutput = unknown> {
  readonly id: TId;
  /** Exists in types only. */
  readonly "~types"?: { readonly payload: TPayload; readonly output: TOutput };
  /**
   * Creates one run and resolves once it is stored.
   * @throws ApiError
   */
  trigger(
    payload: TPayload,
    options?: TriggerOptions,
    requestOptions?: TriggerRequestOptions,
  ): Promise<RunHandle<TId, TPayload, TOutput>>;
  /**
   * Creates 1 to 1,000 runs, or none when one item is not valid.
   * @throws ApiError
   */
  batchTrigger(
    items: readonly BatchItem<TPayload>[],
    options?: Record<string, never>,
    requestOptions?: TriggerRequestOptions,
  ): Promise<BatchHandle<TId, TPayload, TOutput>>;
}

/** Any task, whatever its types; for constraints. */
export interface AnyTask {
  readonly id: string;
  readonly "~types"?: { readonly payload: unknown; readonly output: unknown };
}

/** The payload type of `typeof myTask`. */
export type TaskPayload<T extends AnyTask> = NonNullable<T["~types"]>["payload"];
/** The output type of `typeof myTask`. */
export type TaskOutput<T extends AnyTask> = NonNullable<T["~types"]>["output"];
/** The id of `typeof myTask`. */
export type TaskIdentifier<T extends AnyTask> = T["id"];

/**
 * Defines a task. Export it from a file in a task folder and it is registered.
 * @throws TypeError when the argument is no object, `id` no string, or `run` no function; everything else is checked
 * when the task files are registered
 */
export function task<const TId extends string, TPayload = void, TOutput = unknown>(
  definition: TaskDefinition<TId, TPayload, TOutput>,
): Task<TId, TPayload, TOutput> {
  if (typeof definition !== "object" || definition === null) {
    throw new TypeError(`task() expected an object such as { id: "my-task", run: async (payload) => … }.`);
  }
  const { id, run, ...options } = definition;
  if (typeof id !== "string") throw new TypeError(`task() expected "id" to be a string, got ${typeof id}.`);
  if (typeof run !== "function") {
    throw new TypeError(`task("${id}") expected "run" to be a function, got ${typeof run}.`);
  }
  const record: TaskRecord = { id, run: run as TaskRecord["run"], options: Object.freeze(options) };
  const defined: Task<TId, TPayload, TOutput> & { readonly [taskKey]: TaskRecord } = {
    id,
    [taskKey]: Object.freeze(record),
    trigger: (payload, triggerOptions, requestOptions) => triggerRun(id, payload, triggerOptions, requestOptions),
    batchTrigger: (items, batchOptions, requestOptions) => triggerBatch(id, items, batchOptions, requestOptions),
  };
  findRuntime()?.taskDefined(defined);
  return defined;
}
