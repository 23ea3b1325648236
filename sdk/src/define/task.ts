import type { Context } from "../attempt/context.ts";
import { defineTask, type Task } from "./define-task.ts";
import type { ErrorHook, Hooks } from "./task-hooks.ts";
import type { TaskOptions } from "./task-options.ts";

/** The second argument of `run`. */
export interface RunParams<TInit = Readonly<Record<string, unknown>>> {
  readonly ctx: Context;
  /** Result of the `init` hooks; `{}` without any. */
  readonly init: TInit;
  /** Aborted when the run is canceled or its `maxDuration` has passed. */
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
  /** Executes one attempt; its result is the run's output. */
  readonly run: (payload: TPayload, params: RunParams<TInit>) => Promise<TOutput> | TOutput;
}

/** Any task, for constraints of type parameters. */
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

/** A type that no value has, so that no id has it either. */
export interface NoId {
  readonly [noId]: never;
}
declare const noId: unique symbol;

/**
 * The same as `T`. The compiler accepts this type as the default of a parameter with any constraint, because it does not
 * know the id yet, and checks the constraint again once it knows the id.
 */
// biome-ignore lint/suspicious/noExplicitAny: the type while the id is unknown
export type Default<T, TId> = TId extends NoId ? any : T;

/** The payload type of a hook, as far as the compiler knows it. `0 extends 1 & TPayload` is true for `any` only. */
type HookPayload<TPayload> = 0 extends 1 & TPayload ? TPayload : UnlessVoid<TPayload>;
// biome-ignore lint/suspicious/noConfusingVoidType: a task without a payload has this type
type UnlessVoid<TPayload> = [TPayload] extends [void] ? unknown : TPayload;

/**
 * Defines a task. Export it from a file in a task folder, and the runner registers it.
 *
 * Annotate the payload in `run`, or in any hook. TypeScript reads the functions from top to bottom: a hook that stands
 * before `run` without annotations gets a payload and an output of type `unknown`; later ones need no annotation. Write
 * `init` before the functions that use its value.
 *
 * @throws TypeError when the argument is not an object, `id` is not a string, or `run` is not a function; everything else
 * is checked when the task files are registered
 * @example
 * export const greet = task({
 *   id: "greet",
 *   maxDuration: 30,
 *   run: async ({ name }: { name: string }) => `Hello, ${name}.`,
 * });
 */
// Hooks have type parameters of their own: the compiler fixes a parameter when it meets the first function that uses it
// without an annotation, and the parameters of `run` must stay open until the compiler has read `run`.
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
