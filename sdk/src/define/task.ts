import type { Context } from "../attempt/context.ts";
import { defineTask, type Task } from "./define-task.ts";
import type { ErrorHook, Hooks } from "./task-hooks.ts";
import type { TaskOptions } from "./task-options.ts";

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
  TId,
  TPayload,
  TOutput,
  TInit = Readonly<Record<string, unknown>>,
  THookPayload = TPayload,
  THookOutput = TOutput,
> = TaskOptions<TId> &
  TaskFunctions<TPayload, TOutput, TInit, THookPayload, THookOutput> &
  ErrorHook<THookPayload, TInit>;

/** `run` and the functions around it. */
export interface TaskFunctions<TPayload, TOutput, TInit, THookPayload = TPayload, THookOutput = TOutput>
  extends Hooks<THookPayload, THookOutput, TInit> {
  /** Executes one attempt; what it returns or resolves to is the run's output. */
  readonly run: (payload: TPayload, params: RunParams<TInit>) => Promise<TOutput> | TOutput;
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

/** Nothing has this type; an id is never one. */
export interface NoId {
  readonly [noId]: never;
}
declare const noId: unique symbol;

/**
 * `T`. The compiler accepts it as the default of a parameter with any constraint, because it does not know the id yet; it
 * checks the constraint again once it does.
 */
// biome-ignore lint/suspicious/noExplicitAny: an id that nothing is gives it
export type Default<T, TId> = TId extends NoId ? any : T;

/** What a hook sees as payload: what is known of it so far. Only `any` makes `1 & TPayload` take a 0. */
type HookPayload<TPayload> = 0 extends 1 & TPayload ? TPayload : UnlessVoid<TPayload>;
// biome-ignore lint/suspicious/noConfusingVoidType: it is the payload of a task that has none
type UnlessVoid<TPayload> = [TPayload] extends [void] ? unknown : TPayload;

/**
 * Defines a task. Export it from a file in a task folder and it is registered.
 *
 * Give the payload its type in `run`, or in any hook. TypeScript reads the functions from top to bottom: a hook that is
 * written before `run` and gives its arguments no types sees a payload and an output of type `unknown`; everything after
 * needs no annotation. Write `init` before what uses its value.
 *
 * @throws TypeError when the argument is no object, `id` no string, or `run` no function; everything else is checked
 * when the task files are registered
 */
// What hooks see are parameters of their own: the compiler decides a parameter for good when it meets the first function
// that takes it without an annotation, and those of `run` must stay open until it has read `run`.
export function task<
  const TId extends string | NoId,
  TPayload extends THookPayload = Default<void, TId>,
  TOutput extends THookOutput = Default<unknown, TId>,
  TInit = Readonly<Record<string, unknown>>,
  THookPayload = HookPayload<TPayload>,
  THookOutput = TOutput,
>(
  definition: TaskDefinition<TId, TPayload, TOutput, TInit, THookPayload, THookOutput>,
): Task<TId & string, TPayload, TOutput> {
  return defineTask("task", definition as { readonly id: TId & string; readonly run: unknown });
}
