import { ApiError } from "../client/errors.ts";
import { findRuntime } from "./runtime.ts";

/**
 * Makes a call that must not be lost: inside a task the attempt does not end before the call has its answer, whether or not
 * somebody awaits it. A refusal gets the stack of the code that awaits it.
 * @param what - Names the call for the run's log, for example `trigger of "resize"`.
 */
export async function keepOpen<T>(what: string, call: () => Promise<T>): Promise<T> {
  const done = findRuntime()?.currentAttempt()?.callStarted?.(what);
  try {
    return await call();
  } catch (error) {
    // The error was made when the answer came, so its own stack does not show the caller.
    if (error instanceof ApiError) Error.captureStackTrace(error);
    throw error;
  } finally {
    done?.();
  }
}
