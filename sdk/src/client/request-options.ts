import { type ApiError, isRetryable } from "./errors.ts";

/** How a failed call is repeated. */
export interface RequestRetryOptions {
  /** Calls in total, the first one included. @defaultValue 3 */
  readonly maxAttempts?: number;
  /** Milliseconds before the second call, doubled for each later one and multiplied by a random number in [1, 2). @defaultValue 500 */
  readonly minTimeoutInMs?: number;
  /** Longest wait in milliseconds, unless the coordinator asks for a longer one. @defaultValue 10_000 */
  readonly maxTimeoutInMs?: number;
}

/** Options of one call. */
export interface RequestOptions {
  /** Milliseconds that each try may take, at least 1. @defaultValue 30_000 */
  readonly timeoutMs?: number;
  readonly retry?: RequestRetryOptions;
}

/** Request options with every default filled in. */
export interface ResolvedRequest {
  readonly timeoutMs: number;
  readonly maxAttempts: number;
  readonly minTimeoutMs: number;
  readonly maxTimeoutMs: number;
}

/** Completes the options of a call, first from the configured ones, then from the defaults. */
export function resolveRequest(options: RequestOptions = {}, configured: RequestOptions = {}): ResolvedRequest {
  const retry = { ...configured.retry, ...options.retry };
  return {
    timeoutMs: options.timeoutMs ?? configured.timeoutMs ?? 30_000,
    maxAttempts: retry.maxAttempts ?? 3,
    minTimeoutMs: retry.minTimeoutInMs ?? 500,
    maxTimeoutMs: retry.maxTimeoutInMs ?? 10_000,
  };
}

/** Makes a call until it succeeds, fails for good, or `maxAttempts` is reached; rejects with the last error. */
export async function withRetries<T>(request: ResolvedRequest, call: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await call();
    } catch (error) {
      if (attempt >= request.maxAttempts || !isRetryable(error)) throw error;
      const delayMs = retryDelayMs(request, attempt, error, Math.random());
      await new Promise((resolve) => setTimeout(resolve, delayMs));
    }
  }
}

/** First and longest pause between two tries. */
export type RetryPauses = Pick<ResolvedRequest, "minTimeoutMs" | "maxTimeoutMs">;

/** Pauses between two tries to reconnect a stream. */
export const reconnectPauses: RetryPauses = { minTimeoutMs: 100, maxTimeoutMs: 2_000 };
/** Milliseconds for which the coordinator may be away while a run or its log is followed. */
export const giveUpFollowingMs = 60_000;

/** Returns the milliseconds to wait after try number `attempt`, at least what the coordinator asked for. `random` is in [0, 1). */
export function retryDelayMs(
  pauses: RetryPauses,
  attempt: number,
  error: ApiError | undefined,
  random: number,
): number {
  const backoff = Math.min(pauses.maxTimeoutMs, pauses.minTimeoutMs * 2 ** (attempt - 1) * (1 + random));
  return Math.max(backoff, error?.retryAfterMs ?? 0);
}
