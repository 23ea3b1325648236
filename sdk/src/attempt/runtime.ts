import type { HookName } from "../contract/hook-names.ts";
import type { LogLevel } from "../contract/log-level.ts";
// For runners and tools, as the entry point `./runtime`: a worker thread and every version of the SDK must understand each
// other, so members are only ever added. Applications use it through the functions of the SDK.

/** The global symbol under which a worker thread puts its runtime, so that every copy of the SDK finds it. */
export const runtimeKey: unique symbol = Symbol.for("baton.runtime.v1") as never;

/** The kinds of global hooks that `tasks.*` registers (docs/tasks.md 0.2). */
export type HookKind = Exclude<HookName, "init" | "cleanup">;

/** A function that was passed to `tasks.*`. It is called with one object. */
export interface RegisteredHook {
  readonly kind: HookKind;
  /** Its name, or its source text when it has none. A second hook with that name replaces the first. */
  readonly name: string;
  readonly fn: (params: never) => unknown;
}

/** The operations of the executing thread that the SDK uses. */
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
  /** Stores one line. `properties` is JSON text. */
  log(level: LogLevel, message: string, properties: string | undefined): void;
  /** The values of `locals`, by the id of their key. Absent in older runners. */
  readonly locals?: Map<string, unknown>;
  /** Keeps the attempt from ending before the promise has settled, for at most 60 s. */
  waitUntil?(promise: PromiseLike<unknown>): void;
  /**
   * Reports a call that must not be lost; `what` names it. The attempt does not end before the returned function is called,
   * for at most 10 s. Absent in older runners.
   */
  callStarted?(what: string): () => void;
  /** Returns the active time of this attempt and of the earlier ones in milliseconds. */
  activeTime?(): { readonly attemptMs: number; readonly earlierMs: number };
  /** Returns a stack without the frames of the code that executes the attempt. Absent in older runners. */
  shownStack?(stack: string): string;
}

/** Version 1 of the interface between a worker thread and the SDK. Members are only ever added. */
export interface BatonRuntime {
  readonly protocol: 1;
  /** Receives every task object that `task()` makes in this thread. */
  taskDefined(task: object): void;
  /** Returns the attempt that the calling code belongs to; undefined while modules load. */
  currentAttempt(): AttemptRuntime | undefined;
  /**
   * Receives every function that is given to `tasks.*`. While modules load the hook is global; inside an attempt it belongs
   * to that attempt. Absent in older runners.
   */
  hookRegistered?(hook: RegisteredHook): void;
}

/** Returns the runtime of this thread; undefined outside a runner. */
export function findRuntime(): BatonRuntime | undefined {
  return (globalThis as { [runtimeKey]?: BatonRuntime })[runtimeKey];
}

/** The symbol under which a task object holds its definition. */
export const taskKey: unique symbol = Symbol.for("baton.task.v1") as never;

/** The definition of a task as its author wrote it. Only the checks of docs/tasks.md 2.1 have been made. */
export interface TaskRecord {
  readonly id: string;
  readonly run: (payload: unknown, params: { ctx: unknown; signal: AbortSignal; init: unknown }) => unknown;
  readonly options: Readonly<Record<string, unknown>>;
  /** Parses a payload with the task's schema; throws or rejects with the parser's own error. */
  readonly parsePayload?: (payload: unknown) => unknown;
}
