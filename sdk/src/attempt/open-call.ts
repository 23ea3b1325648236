import { ApiError } from "../client/errors.ts";
import { findRuntime } from "./runtime.ts";

/**
 * Makes a call that must not be lost: inside a task the attempt does not end before it has its answer, whether somebody awaits
 * it or not. A refusal has the stack of the code that awaits it.
 * @param what - names the call for the run's log, for example `trigger of "resize"`
 */
export async function keepOpen<T>(what: string, call: () => Promise<T>): Promise<T> {
  const done = findRuntime()?.currentAttempt()?.callStarted?.(what);
  try {
    return await call();
  } catch (error) {
    // It was made when the answer came, where nothing shows who asked.
    if (error instanceof ApiError) Error.captureStackTrace(error);
    throw error;
  } finally {
    done?.();
  }
}
