import type {
  BaseHookParams,
  CancelParams,
  CompleteParams,
  FailureParams,
  HandleErrorParams,
  HandleErrorResult,
  HookParams,
  MiddlewareParams,
  SuccessParams,
  WaitParams,
} from "../define/task-hooks.ts";
import { registerHook } from "./hook-registry.ts";
import type { HookKind, RegisteredHook } from "./runtime.ts";

/** Registers a global hook, with or without a name. The hook is called with one object. */
export interface RegisterHook<TParams, TResult = unknown> {
  (fn: (params: TParams) => TResult): void;
  /** A second function with the same name replaces the first. */
  (name: string, fn: (params: TParams) => TResult): void;
}

/** The members of `tasks` that register global hooks. A global hook serves every task, so its payload is `unknown`. */
export interface GlobalHooks {
  /** Surrounds the whole attempt; its argument has `next`. */
  readonly middleware: RegisterHook<MiddlewareParams<unknown>>;
  readonly onStart: RegisterHook<BaseHookParams<unknown>>;
  readonly onStartAttempt: RegisterHook<HookParams<unknown, unknown>>;
  readonly onSuccess: RegisterHook<SuccessParams<unknown, unknown, unknown>>;
  readonly onFailure: RegisterHook<FailureParams<unknown, unknown>>;
  readonly onComplete: RegisterHook<CompleteParams<unknown, unknown, unknown>>;
  readonly onWait: RegisterHook<WaitParams<unknown, unknown>>;
  readonly onResume: RegisterHook<WaitParams<unknown, unknown>>;
  readonly onCancel: RegisterHook<CancelParams<unknown, unknown, unknown>>;
  readonly handleError: RegisterHook<
    HandleErrorParams<unknown, unknown>,
    HandleErrorResult | Promise<HandleErrorResult>
  >;
  /** Another name of `handleError`. */
  readonly catchError: GlobalHooks["handleError"];
}

/**
 * Registers functions around every task of a version. Call these from `init.ts`, from the configuration file or from any
 * module that one of them imports. Inside an attempt they register for that attempt. Outside a runner only
 * `@baton/sdk/testing` calls the functions.
 */
export const globalHooks: GlobalHooks = {
  middleware: registering("middleware"),
  onStart: registering("onStart"),
  onStartAttempt: registering("onStartAttempt"),
  onSuccess: registering("onSuccess"),
  onFailure: registering("onFailure"),
  onComplete: registering("onComplete"),
  onWait: registering("onWait"),
  onResume: registering("onResume"),
  onCancel: registering("onCancel"),
  handleError: registering("handleError"),
  catchError: registering("handleError", "catchError"),
};

function registering(kind: HookKind, calledAs: string = kind) {
  return (nameOrFn: unknown, namedFn?: unknown): void => {
    const [name, fn] = typeof nameOrFn === "string" ? [nameOrFn, namedFn] : [undefined, nameOrFn];
    if (typeof fn !== "function") {
      throw new TypeError(`tasks.${calledAs}() expected a function, or a name and a function, got ${typeof fn}.`);
    }
    registerHook({ kind, name: name ?? String(fn), fn: fn as RegisteredHook["fn"] });
  };
}
