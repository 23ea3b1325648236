import { onlyOnce } from "./hook-call.ts";
import type { Hook } from "./hook-table.ts";

/** Errors of the global middleware of an attempt. */
export interface ChainResult {
  /** The first error of a middleware before the innermost `next()`. */
  readonly early: { readonly thrown: unknown } | undefined;
  /** The error that left the outermost middleware. */
  readonly last: { readonly thrown: unknown } | undefined;
}

/**
 * Calls the global middleware, the first one outermost; the innermost `next()` calls `enter`. Never rejects.
 *
 * @param call - Calls one middleware with its `next`.
 * @param enter - Begins the steps that the middleware surrounds; resolves when they are over.
 */
export async function runGlobalChain(
  chain: readonly Hook[],
  call: (hook: Hook, next: () => Promise<unknown>) => Promise<unknown>,
  enter: () => Promise<void>,
): Promise<ChainResult> {
  let hasEntered = false;
  let early: ChainResult["early"];
  const step = async (index: number): Promise<void> => {
    const hook = chain[index];
    if (hook === undefined) {
      hasEntered = true;
      return enter();
    }
    try {
      await call(
        hook,
        onlyOnce(() => step(index + 1)),
      );
    } catch (thrown) {
      if (!hasEntered) early ??= { thrown };
      throw thrown;
    }
  };
  try {
    await step(0);
    return { early, last: undefined };
  } catch (thrown) {
    return { early, last: { thrown } };
  }
}
