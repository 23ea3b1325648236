import { noLimitSeconds } from "../contract/limits.ts";

/** Special values of `maxDuration`. */
export const timeout = {
  /** No limit: on a trigger for that run, on a task whatever the configuration says. In seconds. */
  None: noLimitSeconds,
} as const;
