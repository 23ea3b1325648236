import assert from "node:assert/strict";
import { test } from "node:test";
import type { AttemptId, Run, RunId, RunnerId, RunStatus } from "../core/run.ts";
import { type RunIndex, runIndexOf } from "./run-index.ts";

const lane = "q\u001fk\u001ft\u001fmicro\u001f20260101.1";

const cases: readonly (readonly [RunStatus, RunIndex])[] = [
  ["pendingVersion", { isActive: false, pendingTask: "t" }],
  ["delayed", { isActive: false, dueAt: 40 }],
  ["reattempting", { isActive: false, dueAt: 40 }],
  ["queued", { isActive: false, lane: lane as NonNullable<RunIndex["lane"]>, sortTime: 25 }],
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
  return {
    id: "run_1" as RunId,
    taskId: "t",
    status,
    revision: 1,
    createdAt: 10,
    updatedAt: 20,
    finishedAt: 50,
    dueAt: 40,
    queue: "q",
    concurrencyKey: "k",
    priorityMs: 5,
    queueTime: 30,
    machine: "micro",
    version: "20260101.1",
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
    timeline: [],
  };
}
