import type { Hook } from "./hook-table.ts";

/** The object that every hook gets: `payload`, `ctx`, `signal`, `task` and the hook's own members. */
export interface HookCallParams {
  readonly payload: unknown;
  readonly ctx: unknown;
  readonly signal: AbortSignal;
  /** The task's id. */
  readonly task: string;
  readonly [member: string]: unknown;
}

/** Calls a hook by its convention (docs/tasks.md 0.3): some hooks get their main arguments before the object. */
export function callHook({ kind, fn, isPositional }: Hook, params: HookCallParams): unknown {
  if (!isPositional) return fn(params);
  switch (kind) {
    case "onSuccess":
      return fn(params.payload, params.output, params);
    case "onFailure":
    case "handleError":
      return fn(params.payload, params.error, params);
    default:
      return fn(params.payload, params);
  }
}

/** Lets a middleware call `next` once; the second call rejects. */
export function onlyOnce(next: () => Promise<unknown>): () => Promise<unknown> {
  let isCalled = false;
  return () => {
    if (isCalled) return Promise.reject(new Error("next() was called twice by one middleware."));
    isCalled = true;
    return next();
  };
}
