import assert from "node:assert/strict";
import { test } from "node:test";
import { type RunnerFixture, startFixture } from "./runner-fixture.test.support.ts";

const limit = { timeout: 120_000 };
const nap = "async (ms) => { await new Promise((resolve) => setTimeout(resolve, ms)); return ms; }";

/** What brings a process down, or would, and how its attempt ends. */
const memoryHogs: Record<string, string> = {
  objects: "async () => { const all = []; for (;;) all.push({ a: [1, 2, 3], b: String(all.length) }); }",
  strings: 'async () => { const all = []; for (;;) all.push("x".repeat(100) + all.length); }',
  numbers: "async () => { const all = []; for (;;) all.push(all.length); }",
  map: "async () => { const map = new Map(); for (let i = 0; ; i += 1) map.set(i, i); }",
  array: "async () => new Array(3e8).fill(1).map((x) => ({ x }))",
  split: "async () => 'a'.repeat(3e8).split('')",
  buffers: "async () => { const all = []; for (;;) all.push(Buffer.alloc(1e7, 1)); }",
};

/** Waits for the end of a run that is assigned anew whenever it was interrupted. */
async function endOf({ coordinator }: RunnerFixture, taskId: string, machine: string) {
  for (let attempt = 1; attempt <= 5; attempt += 1) {
    const attemptId = `${taskId}_${attempt}`;
    coordinator.assign({ runId: `run_${taskId}`, attemptId, taskId, machine });
    const outcome = await coordinator.outcomeOf(attemptId, 30_000);
    if (!outcome.interruption) return { failure: outcome.failure, interruptions: attempt - 1 };
  }
  throw new Error(`${taskId} was interrupted five times.`);
}

for (const [taskId, source] of Object.entries(memoryHogs)) {
  test(`growth by ${taskId} ends that attempt as out of memory`, limit, async () => {
    await using fixture = await startFixture({ [taskId]: source, nap }, { memoryGb: 8 });
    const { coordinator } = fixture;
    coordinator.assign({ runId: "run_nap", attemptId: "nap", taskId: "nap", payload: "60000" });
    await coordinator.until(() => coordinator.started.has("nap"), "the start of nap");
    const { failure, interruptions } = await endOf(fixture, taskId, "micro");
    assert.equal(failure?.error?.code, "TASK_PROCESS_OOM_KILLED", failure?.error?.message);
    assert.equal(failure?.policyElse, "RUN_STATUS_CRASHED");
    assert.ok(interruptions <= 1, `${interruptions} interruptions`);
    const beside = coordinator.outcomes.get("nap");
    if (beside === undefined) return;
    assert.equal(beside.interruption?.code, "TASK_RUN_HEARTBEAT_TIMEOUT");
    assert.equal(beside.interruption?.suspect, interruptions > 0);
  });
}
