import { noLimitSeconds } from "../contract/limits.ts";

/** Special values of `maxDuration`. */
export const timeout = {
  /** No limit: on a trigger for this run, on a task whatever the configuration says. Seconds. */
  None: noLimitSeconds,
} as const;
