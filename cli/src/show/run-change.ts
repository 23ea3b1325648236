import { durationFromWire, type Run__Output, timestampFromWire } from "@baton/proto";
import { isFinalName, runStatusNameFromWire } from "@baton/proto/contract/run-status";
import type { RunChange } from "./event-line.ts";
import { errorLine } from "./run-json.ts";
import { dateTimeText, timeText } from "./span-text.ts";

/** The change that brought a run into the state that a watcher sees. */
export function runChangeFromWire(run: Run__Output): RunChange {
  const status = runStatusNameFromWire(run.status);
  const remark = remarkOf(run);
  const activeMs = durationFromWire(run.activeDuration);
  return {
    runId: run.id,
    taskId: run.taskId,
    status,
    at: timestampFromWire(run.updateTime) ?? Date.now(),
    // The count has those that ended, and the line is about the one that goes on.
    attempt: run.attempts.at(-1)?.number ?? run.attemptCount,
    ...(isFinalName(status) && activeMs !== undefined ? { activeMs } : {}),
    ...(remark === undefined ? {} : { remark }),
  };
}

function remarkOf(run: Run__Output): string | undefined {
  if (run.error !== null) return errorLine(run.error);
  if (run.waitingFor !== "") return `waits for ${run.waitingFor}`;
  if (run.status === "RUN_STATUS_REATTEMPTING") {
    const failure = run.attempts.at(-1)?.error;
    return againText(failure ? errorLine(failure) : undefined, timestampFromWire(run.retryTime));
  }
  const until = timestampFromWire(run.delayedUntilTime);
  return run.status === "RUN_STATUS_DELAYED" && until !== undefined ? `until ${dateTimeText(until)}` : undefined;
}

/** Why an attempt failed, and when the next one comes. */
export function againText(failure: string | undefined, retryAt: number | undefined): string {
  const again = retryAt === undefined ? undefined : `again at ${timeText(retryAt)}`;
  return [failure?.split("\n")[0]?.replace(/\.$/, ""), again].filter((part) => part !== undefined).join(", ");
}
