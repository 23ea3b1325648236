import { durationFromWire, type Run__Output, timestampFromWire } from "@baton/proto";
import type { RunChange } from "./event-line.ts";
import { errorLine } from "./run-json.ts";
import { isFinalStatus, statusFromWire } from "./run-status.ts";
import { dateTimeText } from "./span-text.ts";

/** The change that brought a run into the state that a watcher sees. */
export function runChangeFromWire(run: Run__Output): RunChange {
  const status = statusFromWire(run.status);
  const remark = remarkOf(run);
  const activeMs = durationFromWire(run.activeDuration);
  return {
    runId: run.id,
    taskId: run.taskId,
    status,
    at: timestampFromWire(run.updateTime) ?? Date.now(),
    attempt: run.attemptCount,
    ...(isFinalStatus(status) && activeMs !== undefined ? { activeMs } : {}),
    ...(remark === undefined ? {} : { remark }),
  };
}

function remarkOf(run: Run__Output): string | undefined {
  if (run.error !== null) return errorLine(run.error);
  if (run.waitingFor !== "") return `waits for ${run.waitingFor}`;
  const until = timestampFromWire(run.retryTime ?? run.delayedUntilTime);
  const waits = run.status === "RUN_STATUS_REATTEMPTING" || run.status === "RUN_STATUS_DELAYED";
  return waits && until !== undefined ? `until ${dateTimeText(until)}` : undefined;
}
