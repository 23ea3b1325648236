import type { TaskDefinition } from "@baton/proto/contract/task-definition";
import type { Run } from "./run.ts";

/**
 * Returns how long an attempt may be active, in milliseconds; undefined: no limit. The run's own value overrides the
 * task's, and 0 on the run means no limit.
 * @param minimumMs smaller limits are raised to it
 */
export function effectiveMaxDurationMs(run: Run, task: TaskDefinition, minimumMs = 0): number | undefined {
  const limitMs = run.maxDurationMs ?? task.maxDurationMs ?? 0;
  return limitMs === 0 ? undefined : Math.max(limitMs, minimumMs);
}
