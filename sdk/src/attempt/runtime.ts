import type { LogLevel } from "../contract/log-level.ts";
// For runners and tools. Applications use it through the functions of the SDK; its members are only ever added to.

/** Where a worker thread puts its runtime and every copy of the SDK finds it, whatever its module identity. */
export const runtimeKey: unique symbol = Symbol.for("baton.runtime.v1") as never;

/** Global hooks that `tasks.*` registers (docs/tasks.md 0.2). */
export type HookKind =
  | "middleware"
  | "onStart"
  | "onStartAttempt"
  | "onSuccess"
  | "onFailure"
  | "onComplete"
  | "onWait"
  | "onResume"
  | "onCancel"
  | "handleError";

/** One function that was given to `tasks.*`; it is called with one object. */
export interface RegisteredHook {
  readonly kind: HookKind;
  /** The name that it was given, else its source text: a second one of that name replaces the first in its place. */
  readonly name: string;
  readonly fn: (params: never) => unknown;
}

/** What an attempt's code may ask of the thread that executes it. */
export interface AttemptRuntime {
  /** Deeply frozen, docs/tasks.md 11. */
  readonly ctx: unknown;
  readonly signal: AbortSignal;
  /**
   * Makes one unary call of `baton.v1.RunService` through the runner, which speaks for this run only. `request` and the
   * result are the wire messages as plain objects (proto field names in camelCase).
   * Rejects with a plain object `{ status, code, message, field?, retryAfterMs? }`, status being a gRPC status number.
   */
  call(method: string, request: object): Promise<unknown>;
  /** Stores one line; `properties` is JSON text. */
  log(level: LogLevel, message: string, properties: string | undefined): void;
  /** What `locals` holds, by the id of the key; absent in runners that are older. */
  readonly locals?: Map<string, unknown>;
  /** The attempt does not end before the promise settled, or 60 s passed. */
  waitUntil?(promise: PromiseLike<unknown>): void;
  /**
   * A call begins that must not be lost, in the words of `what`. The attempt does not end before the returned function was
   * called, or 10 s passed. Absent in runners that are older.
   */
  callStarted?(what: string): () => void;
  /** Active time of this attempt and of the earlier ones, in milliseconds. */
  activeTime?(): { readonly attemptMs: number; readonly earlierMs: number };
  /** The stack of an error without the frames of what executes the attempt. Absent in runners that are older. */
  shownStack?(stack: string): string;
}

/** Version 1 of what thread and SDK say to each other. Members are only ever added. */
export interface BatonRuntime {
  readonly protocol: 1;
  /** Told about every task object that `task()` makes in this thread. */
  taskDefined(task: object): void;
  /** The attempt that the calling code belongs to; undefined while modules load. */
  currentAttempt(): AttemptRuntime | undefined;
  /**
   * Told about every function that is given to `tasks.*`: while modules load it is global, inside an attempt it belongs to
   * that attempt. Absent in runners that are older.
   */
  hookRegistered?(hook: RegisteredHook): void;
}

/** The runtime of this thread; undefined outside a runner. */
export function findRuntime(): BatonRuntime | undefined {
  return (globalThis as { [runtimeKey]?: BatonRuntime })[runtimeKey];
}

/** Marks a task object; its value is the definition as the user wrote it. */
export const taskKey: unique symbol = Symbol.for("baton.task.v1") as never;

/** What `taskKey` holds: `id`, `run` and every option as given, hooks by their names, unchecked but for what docs/tasks.md 2.1 names. */
export interface TaskRecord {
  readonly id: string;
  readonly run: (payload: unknown, params: { ctx: unknown; signal: AbortSignal; init: unknown }) => unknown;
  readonly options: Readonly<Record<string, unknown>>;
  /** What the task's schema makes of a payload, or a promise of it; throws or rejects with the parser's own error. */
  readonly parsePayload?: (payload: unknown) => unknown;
}
