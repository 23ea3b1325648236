/** Special values of `maxDuration`. */
export const timeout = {
  /** No limit: on a trigger for this run, on a task whatever the configuration says. Seconds. */
  None: 2_147_483_647,
} as const;
