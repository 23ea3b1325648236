import assert from "node:assert/strict";
import { test } from "node:test";
import type { AttemptId, RunId, RunnerId } from "@baton/proto/contract/ids";
import type { RunStatus } from "@baton/proto/contract/run-status";
import { createRun } from "../core/life/new-run.ts";
import type { Run } from "../core/life/run.ts";
import { type RunIndex, runIndexOf } from "./run-index.ts";

const lane = "q\u001fk\u001ft\u001fmicro\u001f20260101.1";

const cases: readonly (readonly [RunStatus, RunIndex])[] = [
  ["pendingVersion", { isActive: false, pendingTask: "t" }],
  ["delayed", { isActive: false, dueAt: 40 }],
  ["reattempting", { isActive: false, dueAt: 40 }],
  ["queued", { isActive: false, lane: lane as NonNullable<RunIndex["lane"]>, sortTime: 25, dueAt: 40 }],
  ["dequeued", { isActive: true }],
  ["executing", { isActive: true }],
  ["waiting", { isActive: true }],
  ["completed", { isActive: false, finishedAt: 50 }],
  ["failed", { isActive: false, finishedAt: 50 }],
  ["crashed", { isActive: false, finishedAt: 50 }],
  ["systemFailure", { isActive: false, finishedAt: 50 }],
  ["timedOut", { isActive: false, finishedAt: 50 }],
  ["canceled", { isActive: false, finishedAt: 50 }],
  ["expired", { isActive: false, finishedAt: 50 }],
];

for (const [status, index] of cases) {
  test(`a run that is ${status} is filed under ${Object.keys(index).slice(1).join(" and ") || "active"}`, () => {
    assert.deepEqual(runIndexOf(runIn(status)), index);
  });
}

test("a final run with a lingering thread is active, and its retention does not count yet", () => {
  const lingering = { runnerId: "runner_a" as RunnerId, attemptId: "attempt_a" as AttemptId };
  assert.deepEqual(runIndexOf({ ...runIn("crashed"), lingering }), { isActive: true });
});

function runIn(status: RunStatus): Run {
  const request = {
    id: "run_1" as RunId,
    taskId: "t",
    priorityMs: 5,
    machine: "micro",
    tags: [],
    triggerFunction: "trigger",
    isReplay: false,
    isTest: false,
  } as const;
  return {
    ...createRun(request, undefined, undefined, 10),
    status,
    queue: "q",
    concurrencyKey: "k",
    version: "20260101.1",
    queueTime: 30,
    dueAt: 40,
    finishedAt: 50,
  };
}
