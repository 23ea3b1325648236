import type { Context } from "./context.ts";
import { defineTask } from "./define-task.ts";
import type { TriggerRequestOptions } from "./request-options.ts";
import type { ErrorHook, Hooks } from "./task-hooks.ts";
import type { TaskOptions } from "./task-options.ts";
import type { BatchHandle, BatchItem, RunHandle } from "./trigger.ts";
import type { TriggerOptions } from "./trigger-options.ts";

/** What `run` gets besides the payload. */
export interface RunParams<TInit = Readonly<Record<string, unknown>>> {
  readonly ctx: Context;
  /** What the `init` hooks returned; `{}` without any. */
  readonly init: TInit;
  /** Aborted when the run is canceled or the attempt's time is over. */
  readonly signal: AbortSignal;
}

/** A task as its author writes it. */
export type TaskDefinition<
  TId extends string,
  TPayload,
  TOutput,
  TInit = Readonly<Record<string, unknown>>,
> = TaskOptions<TId> & TaskFunctions<TPayload, TOutput, TInit> & ErrorHook<TPayload, TInit>;

/** `run` and the functions around it. */
export interface TaskFunctions<TPayload, TOutput, TInit> extends Hooks<TPayload, TOutput, TInit> {
  /** Executes one attempt; what it returns or resolves to is the run's output, as JSON. */
  readonly run: (payload: TPayload, params: RunParams<TInit>) => Promise<TOutput> | TOutput;
}

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
    requestOptions?: TriggerRequestOptions,
  ): Promise<RunHandle<TId, TPayload, TOutput>>;
  /**
   * Creates 1 to 1,000 runs, or none when one item is not valid.
   * @throws ApiError, or what the task's schema throws for the first payload that it refuses
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
 *
 * TypeScript reads the functions from top to bottom: give the payload its type in the first one that names it, and write
 * `init` before what uses its value; everything after needs no annotation.
 *
 * @throws TypeError when the argument is no object, `id` no string, or `run` no function; everything else is checked
 * when the task files are registered
 */
export function task<
  const TId extends string,
  TPayload = void,
  TOutput = unknown,
  TInit = Readonly<Record<string, unknown>>,
>(definition: TaskDefinition<TId, TPayload, TOutput, TInit>): Task<TId, TPayload, TOutput> {
  return defineTask("task", definition);
}
