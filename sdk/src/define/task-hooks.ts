import type { Context } from "../attempt/context.ts";
import type { RetryOptions } from "./task-options.ts";

/** What every hook gets, as its last argument or as its only one. */
export interface BaseHookParams<TPayload> {
  readonly payload: TPayload;
  readonly ctx: Context;
  /** Aborted when the run is canceled or the attempt's time is over. */
  readonly signal: AbortSignal;
  /** The task's id. */
  readonly task: string;
}

/** What hooks get that are called after `init`. */
export interface HookParams<TPayload, TInit> extends BaseHookParams<TPayload> {
  /** What the `init` hooks returned; `{}` without any. */
  readonly init: TInit;
}

/** What a middleware gets. */
export interface MiddlewareParams<TPayload> extends BaseHookParams<TPayload> {
  /** Executes what the middleware surrounds, once. Around `run` it resolves with what `run` returned. */
  next(): Promise<unknown>;
}

/** What `onSuccess` gets. */
export interface SuccessParams<TPayload, TOutput, TInit> extends HookParams<TPayload, TInit> {
  readonly output: TOutput;
}

/** What `onFailure` gets. */
export interface FailureParams<TPayload, TInit> extends HookParams<TPayload, TInit> {
  /** What was thrown, or what `handleError` put in its place. */
  readonly error: unknown;
}

/** What `handleError` and `catchError` get. */
export interface HandleErrorParams<TPayload, TInit> extends FailureParams<TPayload, TInit> {
  /** The policy of this run. */
  readonly retry: Required<Omit<RetryOptions, "outOfMemory">> & Pick<RetryOptions, "outOfMemory">;
  /** When the next attempt would start; undefined at the last one. */
  readonly retryAt: Date | undefined;
  /** The delay before it in milliseconds; undefined at the last attempt. */
  readonly retryDelayInMs: number | undefined;
}

/**
 * What becomes of an error. The first member that applies decides, in this order; none: no further attempt follows.
 * Returning nothing keeps the policy of the task or the configuration.
 */
export interface HandleErrorDecision {
  /** No further attempt follows. */
  readonly skipRetrying?: boolean | undefined;
  /** When the next attempt starts, if `maxAttempts` allows one; a past moment means now. */
  readonly retryAt?: Date | undefined;
  /** The delay before the next attempt in milliseconds, if `maxAttempts` allows one. */
  readonly retryDelayInMs?: number | undefined;
  /** The policy that decides instead, its `maxAttempts` too; members that are missing take the built-in values. */
  readonly retry?: RetryOptions | undefined;
  /** Takes the place of what was thrown, with any of the others. */
  readonly error?: unknown;
}

/** What `handleError` and `catchError` may return. */
// biome-ignore lint/suspicious/noConfusingVoidType: functions that return nothing are declared so
export type HandleErrorResult = HandleErrorDecision | null | undefined | void;

/** How an attempt ended. */
export type AttemptResult<TOutput> =
  | { readonly ok: true; readonly data: TOutput }
  | { readonly ok: false; readonly error: unknown };

/** What `onComplete` gets. */
export interface CompleteParams<TPayload, TOutput, TInit> extends HookParams<TPayload, TInit> {
  readonly result: AttemptResult<TOutput>;
}

/** What a run waits for. */
export type WaitDescription =
  | { readonly type: "duration"; readonly date: Date }
  | { readonly type: "token"; readonly token: string }
  | { readonly type: "task"; readonly runId: string }
  | { readonly type: "batch"; readonly batchId: string; readonly runCount: number };

/** What `onWait` and `onResume` get. */
export interface WaitParams<TPayload, TInit> extends HookParams<TPayload, TInit> {
  readonly wait: WaitDescription;
}

/** What `onCancel` gets. */
export interface CancelParams<TPayload, TOutput, TInit> extends HookParams<TPayload, TInit> {
  /** Settles as `run` does. */
  readonly runPromise: Promise<TOutput>;
}

/**
 * The functions around `run`, of a task or, as global hooks, of a configuration. Each may be asynchronous and is awaited
 * before the next one. Where nothing else is said, an error in it is logged and changes nothing.
 */
export interface Hooks<TPayload, TOutput, TInit> {
  /** Before `run` in every attempt; what it returns is `init` for what follows. */
  readonly init?: (payload: TPayload, params: BaseHookParams<TPayload>) => TInit | Promise<TInit>;
  /** At the end of every attempt, whatever became of it. An error in it fails the attempt. */
  readonly cleanup?: (payload: TPayload, params: HookParams<TPayload, TInit>) => unknown;
  /**
   * Around `run`, or around the attempt when it is global; calls `next` once. An error in it fails the attempt. What it
   * returns takes the place of the output unless it is undefined; a global one's is ignored.
   */
  readonly middleware?: (payload: TPayload, params: MiddlewareParams<TPayload>) => unknown;
  /** Before everything else in the first attempt. */
  readonly onStart?: (payload: TPayload, params: BaseHookParams<TPayload>) => unknown;
  /** After `init` in every attempt. An error in it fails the attempt. */
  readonly onStartAttempt?: (params: HookParams<TPayload, TInit>) => unknown;
  /** After an attempt that succeeded. */
  readonly onSuccess?: (payload: TPayload, output: TOutput, params: SuccessParams<TPayload, TOutput, TInit>) => unknown;
  /** After the attempt that fails the run for good. */
  readonly onFailure?: (payload: TPayload, error: unknown, params: FailureParams<TPayload, TInit>) => unknown;
  /** After `onSuccess` or `onFailure`. */
  readonly onComplete?: (params: CompleteParams<TPayload, TOutput, TInit>) => unknown;
  /** When a durable wait begins. */
  readonly onWait?: (params: WaitParams<TPayload, TInit>) => unknown;
  /** When that wait is over. */
  readonly onResume?: (params: WaitParams<TPayload, TInit>) => unknown;
  /** When the run is canceled while the attempt executes. */
  readonly onCancel?: (params: CancelParams<TPayload, TOutput, TInit>) => unknown;
}

/** The hook that decides what follows an error, under one of its two names. An error in it ends the run as `CRASHED`. */
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
      /** `handleError` with one argument. */
      readonly catchError?: (
        params: HandleErrorParams<TPayload, TInit>,
      ) => HandleErrorResult | Promise<HandleErrorResult>;
    };
