import { isFinalName } from "@baton/proto/contract/run-status";
import type { RetrievedRun } from "@baton/sdk";
import type { RunChange } from "./event-line.ts";
import { errorLine } from "./run-json.ts";
import { dateTimeText, timeText } from "./span-text.ts";

/** Describes the change that brought a run into the state that a watcher sees. */
export function runChangeOf(run: RetrievedRun): RunChange {
  const { durationMs, status } = run;
  const remark = remarkOf(run);
  return {
    runId: run.id,
    taskId: run.taskIdentifier,
    status,
    at: run.updatedAt.getTime(),
    // The count has the attempts that ended, and the line is about the next one.
    attempt: run.attempts.at(-1)?.number ?? run.attemptCount,
    ...(isFinalName(status) ? { activeMs: durationMs } : {}),
    ...(remark === undefined ? {} : { remark }),
  };
}

function remarkOf(run: RetrievedRun): string | undefined {
  if (run.error !== undefined) return errorLine(run.error);
  if (run.waitingFor !== undefined) return `waits for ${run.waitingFor}`;
  if (run.status === "REATTEMPTING") {
    const failure = run.attempts.at(-1)?.error;
    return againText(failure && errorLine(failure), run.retryAt?.getTime());
  }
  const until = run.delayedUntil?.getTime();
  return run.status === "DELAYED" && until !== undefined ? `until ${dateTimeText(until)}` : undefined;
}

/** Writes why an attempt failed, and when the next one starts. */
export function againText(failure: string | undefined, retryAt: number | undefined): string {
  const again = retryAt === undefined ? undefined : `again at ${timeText(retryAt)}`;
  return [failure?.split("\n")[0]?.replace(/\.$/, ""), again].filter((part) => part !== undefined).join(", ");
}
