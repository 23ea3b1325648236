import type { Context } from "../attempt/context.ts";
import type { RetryOptions } from "./task-options.ts";

/** Members that every hook gets, in its last argument or its only one. */
export interface BaseHookParams<TPayload> {
  readonly payload: TPayload;
  readonly ctx: Context;
  /** Aborted when the run is canceled or its `maxDuration` has passed. */
  readonly signal: AbortSignal;
  /** The task's id. */
  readonly task: string;
}

/** Members that the hooks after `init` get. */
export interface HookParams<TPayload, TInit> extends BaseHookParams<TPayload> {
  /** Result of the `init` hooks; `{}` without any. */
  readonly init: TInit;
}

/** Members that `middleware` gets. */
export interface MiddlewareParams<TPayload> extends BaseHookParams<TPayload> {
  /** Calls what the middleware surrounds; may be called once. Around `run` it resolves with the result of `run`. */
  next(): Promise<unknown>;
}

/** Members that `onSuccess` gets. */
export interface SuccessParams<TPayload, TOutput, TInit> extends HookParams<TPayload, TInit> {
  readonly output: TOutput;
}

/** Members that `onFailure` gets. */
export interface FailureParams<TPayload, TInit> extends HookParams<TPayload, TInit> {
  /** The thrown value, or the `error` that `handleError` returned. */
  readonly error: unknown;
}

/** Members that `handleError` and `catchError` get. */
export interface HandleErrorParams<TPayload, TInit> extends FailureParams<TPayload, TInit> {
  /** The retry policy of this run. */
  readonly retry: Required<Omit<RetryOptions, "outOfMemory">> & Pick<RetryOptions, "outOfMemory">;
  /** When the next attempt would start; undefined in the last attempt. */
  readonly retryAt: Date | undefined;
  /** Milliseconds before the next attempt would start; undefined in the last attempt. */
  readonly retryDelayInMs: number | undefined;
}

/**
 * Decides what follows an error. The first member that applies decides, in the order in which they stand here; with none of
 * them, no further attempt follows. A hook that returns nothing keeps the policy of the task or the configuration.
 * @example
 * handleError: (_payload, error) => (error instanceof BusyError ? { retryDelayInMs: 5_000 } : undefined),
 */
export interface HandleErrorDecision {
  /** Ends the run: no further attempt follows. */
  readonly skipRetrying?: boolean | undefined;
  /** Starts the next attempt at this time, if `maxAttempts` allows one; a moment in the past means now. */
  readonly retryAt?: Date | undefined;
  /** Starts the next attempt after this many milliseconds, if `maxAttempts` allows one. */
  readonly retryDelayInMs?: number | undefined;
  /** Replaces the policy of the task, `maxAttempts` included; missing members take the built-in defaults. */
  readonly retry?: RetryOptions | undefined;
  /** Replaces the thrown error; may stand beside any other member. */
  readonly error?: unknown;
}

/** Results that `handleError` and `catchError` may return. */
// biome-ignore lint/suspicious/noConfusingVoidType: functions that return nothing are declared so
export type HandleErrorResult = HandleErrorDecision | null | undefined | void;

/** How an attempt ended, as `onComplete` gets it. */
export type AttemptResult<TOutput> =
  | { readonly ok: true; readonly data: TOutput }
  | { readonly ok: false; readonly error: unknown };

/** Members that `onComplete` gets. */
export interface CompleteParams<TPayload, TOutput, TInit> extends HookParams<TPayload, TInit> {
  readonly result: AttemptResult<TOutput>;
}

/** What a durable wait waits for. Reserved: there are no durable waits yet. */
export type WaitDescription =
  | { readonly type: "duration"; readonly date: Date }
  | { readonly type: "token"; readonly token: string }
  | { readonly type: "task"; readonly runId: string }
  | { readonly type: "batch"; readonly batchId: string; readonly runCount: number };

/** Members that `onWait` and `onResume` get. Reserved: neither is called yet. */
export interface WaitParams<TPayload, TInit> extends HookParams<TPayload, TInit> {
  readonly wait: WaitDescription;
}

/** Members that `onCancel` gets. */
export interface CancelParams<TPayload, TOutput, TInit> extends HookParams<TPayload, TInit> {
  /** Settles as `run` does. */
  readonly runPromise: Promise<TOutput>;
}

/**
 * The functions around `run`, of a task or, as global hooks, of a configuration. Each may be asynchronous; the life cycle
 * awaits it before the next one. An error in a hook is logged and changes nothing, unless the hook's comment says otherwise.
 */
export interface Hooks<TPayload, TOutput, TInit> {
  /** Runs before `run` in every attempt; its result is `init` for `run` and the later hooks. */
  readonly init?: (payload: TPayload, params: BaseHookParams<TPayload>) => TInit | Promise<TInit>;
  /** Runs at the end of every attempt, however it ended. An error in it fails the attempt. */
  readonly cleanup?: (payload: TPayload, params: HookParams<TPayload, TInit>) => unknown;
  /**
   * Surrounds `run`, or the whole attempt when it is global; calls `next` once. An error in it fails the attempt. The result
   * of a task's middleware replaces the output, unless it is undefined; that of a global one is ignored.
   */
  readonly middleware?: (payload: TPayload, params: MiddlewareParams<TPayload>) => unknown;
  /** Runs before `init`, in the first attempt only. */
  readonly onStart?: (payload: TPayload, params: BaseHookParams<TPayload>) => unknown;
  /** Runs after `init` in every attempt. An error in it fails the attempt. */
  readonly onStartAttempt?: (params: HookParams<TPayload, TInit>) => unknown;
  /** Runs after an attempt that succeeded. */
  readonly onSuccess?: (payload: TPayload, output: TOutput, params: SuccessParams<TPayload, TOutput, TInit>) => unknown;
  /** Runs after the attempt that ends the run as `FAILED`. */
  readonly onFailure?: (payload: TPayload, error: unknown, params: FailureParams<TPayload, TInit>) => unknown;
  /** Runs after `onSuccess` or `onFailure`. */
  readonly onComplete?: (params: CompleteParams<TPayload, TOutput, TInit>) => unknown;
  /** Runs when a durable wait begins. Reserved: not called yet. */
  readonly onWait?: (params: WaitParams<TPayload, TInit>) => unknown;
  /** Runs when a durable wait is over. Reserved: not called yet. */
  readonly onResume?: (params: WaitParams<TPayload, TInit>) => unknown;
  /** Runs when the run is canceled while the attempt executes. */
  readonly onCancel?: (params: CancelParams<TPayload, TOutput, TInit>) => unknown;
}

/** Decides what follows an error, under one of its two names. An error in it ends the run as `CRASHED`. */
export type ErrorHook<TPayload, TInit> =
  | {
      readonly handleError?: (
        payload: TPayload,
        error: unknown,
        params: HandleErrorParams<TPayload, TInit>,
      ) => HandleErrorResult | Promise<HandleErrorResult>;
      readonly catchError?: never;
    }
  | {
      readonly handleError?: never;
      /** The same as `handleError`, called with one argument. */
      readonly catchError?: (
        params: HandleErrorParams<TPayload, TInit>,
      ) => HandleErrorResult | Promise<HandleErrorResult>;
    };
