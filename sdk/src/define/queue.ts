import type { TaskQueue } from "./task-options.ts";

/** A queue for several tasks. */
export interface Queue extends TaskQueue {
  readonly name: string;
}

/**
 * Declares a queue for the option `queue` of several tasks, so that their runs share its limit.
 * @throws TypeError when `name` is not a string; everything else is checked when the task files are registered
 * @example
 * const mail = queue({ name: "mail", concurrencyLimit: 5 });
 */
export function queue(options: Queue): Queue {
  const name: unknown = (options as Queue | undefined)?.name;
  if (typeof name !== "string") throw new TypeError(`queue() expected "name" to be a string, got ${typeof name}.`);
  return Object.freeze({ ...options });
}
