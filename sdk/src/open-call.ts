import { findRuntime } from "./runtime.ts";

/**
 * Makes a call that must not be lost: inside a task the attempt does not end before it has its answer, whether somebody awaits
 * it or not.
 * @param what - names the call for the run's log, for example `trigger of "resize"`
 */
export async function keepOpen<T>(what: string, call: () => Promise<T>): Promise<T> {
  const done = findRuntime()?.currentAttempt()?.callStarted?.(what);
  if (done === undefined) return call();
  try {
    return await call();
  } finally {
    done();
  }
}
