import type { Run } from "@baton/coordinator";
import type { AttemptId, RunId, RunnerId } from "@baton/proto/contract/ids";

/** The creation time of a test's first run, in milliseconds since the epoch. */
export const firstCreation = Date.UTC(2026, 0, 1);

/** Returns the id of the n-th run. Ids grow with n. */
export function runId(n: number): RunId {
  return `run_${String(n).padStart(8, "0")}` as RunId;
}

/** Returns the n-th run as it is first stored: queued, a millisecond after the run before. */
export function queuedRun(n: number, members: Partial<Run> = {}): Run {
  const createdAt = members.createdAt ?? firstCreation + n;
  return {
    id: runId(n),
    taskId: "resize",
    status: "queued",
    revision: 1,
    createdAt,
    updatedAt: createdAt,
    queuedAt: createdAt,
    // At the position where the core puts it, because exports of all stores are compared byte by byte.
    ...(members.finishedAt !== undefined && { finishedAt: members.finishedAt }),
    queue: "task/resize",
    priorityMs: 0,
    queueTime: createdAt,
    tags: [],
    depth: 0,
    triggerFunction: "trigger",
    isReplay: false,
    isTest: false,
    attemptNumber: 0,
    interruptions: 0,
    chargedInterruptions: 0,
    deliveries: 0,
    attempts: [],
    activeMs: 0,
    hasOutput: false,
    timeline: [{ status: "queued", at: createdAt }],
    ...members,
  };
}

/** Returns the n-th run in another status, without the members that only `queued` has. */
export function runIn(status: Run["status"], n: number, members: Partial<Run> = {}): Run {
  return queuedRun(n, { status, ...members });
}

/** Returns a final run; `finishedAt` in milliseconds since the epoch. */
export function finishedRun(n: number, finishedAt: number, members: Partial<Run> = {}): Run {
  return runIn("completed", n, { finishedAt, ...members });
}

/** The mark of a thread that was not reported gone. */
export const lingering = { runnerId: "runner_a" as RunnerId, attemptId: "attempt_a" as AttemptId };

/** Returns the next revision of a run. */
export function changed(run: Run, members: Partial<Run> = {}): Run {
  return { ...run, revision: run.revision + 1, ...members };
}
