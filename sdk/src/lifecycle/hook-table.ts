import type { RegisteredHook } from "../attempt/runtime.ts";
import { type HookName, objectHookNames, positionalHookNames } from "../contract/hook-names.ts";

/** A function that is called around `run`. */
export interface Hook {
  readonly kind: HookName;
  /** A later registration of this kind and name replaces the hook; undefined when none can. */
  readonly name: string | undefined;
  readonly fn: (...args: readonly unknown[]) => unknown;
  /** Whether the hook is called as `fn(payload, …, params)` instead of `fn(params)`. */
  readonly isPositional: boolean;
}

/** How hooks are called: some with positional arguments, or all with one object (docs/tasks.md 0.3). */
export type HookParams = "positional" | "object";

/** Reads the hooks from the options of a task or the members of a configuration. */
export function readHooks(options: Readonly<Record<string, unknown>>, hookParams: HookParams): readonly Hook[] {
  const hooks: Hook[] = [];
  const add = (kind: HookName, option: string, isPositional: boolean) => {
    const fn = options[option];
    if (typeof fn === "function") hooks.push({ kind, name: undefined, fn: fn as Hook["fn"], isPositional });
  };
  for (const kind of positionalHookNames) add(kind, kind, hookParams === "positional");
  for (const kind of objectHookNames) add(kind, kind, false);
  add("handleError", "catchError", false);
  return hooks;
}

/** Adds a hook of `tasks.*` to the global hooks: in the place of the one with its name, else last. */
export function withRegistered(globals: readonly Hook[], { kind, name, fn }: RegisteredHook): readonly Hook[] {
  const hook: Hook = { kind, name, fn: fn as Hook["fn"], isPositional: false };
  const at = globals.findIndex((known) => known.kind === kind && known.name === name);
  return at === -1 ? [...globals, hook] : globals.with(at, hook);
}

/** The hooks of one attempt, each list in the order of the calls (docs/tasks.md 3.2). */
export class HookTable {
  readonly middleware: readonly Hook[];
  readonly onStart: readonly Hook[];
  readonly init: readonly Hook[];
  readonly onStartAttempt: readonly Hook[];
  readonly taskMiddleware: Hook | undefined;
  readonly handleError: readonly Hook[];
  readonly onSuccess: readonly Hook[];
  readonly onFailure: readonly Hook[];
  readonly onComplete: readonly Hook[];
  readonly cleanup: readonly Hook[];
  readonly onCancel: readonly Hook[];
  /** Whether there is a hook to call after `run`. */
  readonly hasAnyAfterRun: boolean;
  readonly #globals: readonly Hook[];
  readonly #task: readonly Hook[];

  constructor(globals: readonly Hook[], task: readonly Hook[]) {
    this.#globals = globals;
    this.#task = task;
    const outerFirst = (kind: HookName) => [...globals, ...task].filter((hook) => hook.kind === kind);
    const innerFirst = (kind: HookName) => [...task, ...globals].filter((hook) => hook.kind === kind);
    this.middleware = globals.filter((hook) => hook.kind === "middleware");
    this.taskMiddleware = task.find((hook) => hook.kind === "middleware");
    this.onStart = outerFirst("onStart");
    this.init = outerFirst("init");
    this.onStartAttempt = outerFirst("onStartAttempt");
    this.onCancel = outerFirst("onCancel");
    this.handleError = innerFirst("handleError");
    this.onSuccess = innerFirst("onSuccess");
    this.onFailure = innerFirst("onFailure");
    this.onComplete = innerFirst("onComplete");
    this.cleanup = innerFirst("cleanup");
    const after = [this.onSuccess, this.onFailure, this.onComplete, this.cleanup];
    this.hasAnyAfterRun = after.some((hooks) => hooks.length > 0);
  }

  /** Whether the hook belongs to the task itself and is not global. */
  isTaskHook(hook: Hook): boolean {
    return this.#task.includes(hook);
  }

  /** Returns this table with one more hook of `tasks.*`. */
  with(hook: RegisteredHook): HookTable {
    return new HookTable(withRegistered(this.#globals, hook), this.#task);
  }
}
