import type { TaskDefinition } from "@baton/proto/contract/task-definition";
import type { Run } from "./run.ts";

/**
 * How long an attempt may be active, in milliseconds; undefined: as long as it wants. The run's own value stands over the
 * task's, and 0 on the run means that it has no limit.
 * @param minimumMs smaller limits are raised to it
 */
export function effectiveMaxDurationMs(run: Run, task: TaskDefinition, minimumMs = 0): number | undefined {
  const limitMs = run.maxDurationMs ?? task.maxDurationMs ?? 0;
  return limitMs === 0 ? undefined : Math.max(limitMs, minimumMs);
}
