import type { HookKind, RegisteredHook } from "../attempt/runtime.ts";

/** Every hook of an attempt: those that `tasks.*` registers, and two that only tasks and configurations have. */
export type LifeHookKind = HookKind | "init" | "cleanup";

/** One function that is called around `run`. */
export interface Hook {
  readonly kind: LifeHookKind;
  /** A later registration of that kind and name takes its place; undefined: none does. */
  readonly name: string | undefined;
  readonly fn: (...args: readonly unknown[]) => unknown;
  /** Called as `fn(payload, …, params)` instead of `fn(params)`. */
  readonly isPositional: boolean;
}

/** Whether the hooks with positional names get their arguments so, or as one object (docs/tasks.md 0.3). */
export type HookParams = "positional" | "object";

const positionalNames = ["init", "cleanup", "middleware", "onStart", "onSuccess", "onFailure", "handleError"] as const;
const objectNames = ["onStartAttempt", "onComplete", "onWait", "onResume", "onCancel"] as const;

/** The hooks among the options of a task or among the members of a configuration. */
export function readHooks(options: Readonly<Record<string, unknown>>, hookParams: HookParams): readonly Hook[] {
  const hooks: Hook[] = [];
  const add = (kind: LifeHookKind, option: string, isPositional: boolean) => {
    const fn = options[option];
    if (typeof fn === "function") hooks.push({ kind, name: undefined, fn: fn as Hook["fn"], isPositional });
  };
  for (const kind of positionalNames) add(kind, kind, hookParams === "positional");
  for (const kind of objectNames) add(kind, kind, false);
  add("handleError", "catchError", false);
  return hooks;
}

/** The global hooks after one more was registered through `tasks.*`: at its place if the name is known, else last. */
export function withRegistered(globals: readonly Hook[], { kind, name, fn }: RegisteredHook): readonly Hook[] {
  const hook: Hook = { kind, name, fn: fn as Hook["fn"], isPositional: false };
  const at = globals.findIndex((known) => known.kind === kind && known.name === name);
  return at === -1 ? [...globals, hook] : globals.with(at, hook);
}

/** The hooks of one task, each list in the order in which it is called (docs/tasks.md 3.2). */
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
  /** Is there any that is called once `run` is over? */
  readonly hasAnyAfterRun: boolean;
  readonly #globals: readonly Hook[];
  readonly #task: readonly Hook[];

  constructor(globals: readonly Hook[], task: readonly Hook[]) {
    this.#globals = globals;
    this.#task = task;
    const outerFirst = (kind: LifeHookKind) => [...globals, ...task].filter((hook) => hook.kind === kind);
    const innerFirst = (kind: LifeHookKind) => [...task, ...globals].filter((hook) => hook.kind === kind);
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

  /** Is it one of the task itself, not a global one? */
  isTaskHook(hook: Hook): boolean {
    return this.#task.includes(hook);
  }

  /** This table and one more hook that was registered through `tasks.*`. */
  with(hook: RegisteredHook): HookTable {
    return new HookTable(withRegistered(this.#globals, hook), this.#task);
  }
}
