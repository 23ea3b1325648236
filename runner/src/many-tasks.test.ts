import assert from "node:assert/strict";
import { test } from "node:test";
import { type RunnerFixture, startFixture } from "./runner-fixture.test.support.ts";

const taskCount = 5_000;
const attempts = 200;

test("the exports of a file with 5,000 tasks are looked at once, not for each task", { timeout: 60_000 }, async () => {
  const ids = Array.from({ length: taskCount }, (_, at) => `task${at}`);
  await using fixture = await startFixture(Object.fromEntries(ids.map((id) => [id, "async () => 1"])), {
    concurrency: 1,
  });
  // The runner itself gets faster for a while.
  for (let at = 0; at < attempts; at += 1) await outcomeOf(fixture, "task0", `import_${at}`);
  const first = await timeOf(fixture, ids.slice(1, attempts + 1), "first");
  const again = await timeOf(fixture, ids.slice(1, attempts + 1), "again");
  // To look at every export again took 2.4 ms and more for each task.
  const extraMs = (first - again) / attempts;
  assert.ok(extraMs < 1.5, `${extraMs} ms more for a first attempt`);
});

/** Executes one attempt of each task, one after another. */
async function timeOf(fixture: RunnerFixture, ids: readonly string[], name: string): Promise<number> {
  const began = performance.now();
  for (const id of ids) await outcomeOf(fixture, id, `${name}_${id}`);
  return performance.now() - began;
}

async function outcomeOf({ coordinator }: RunnerFixture, taskId: string, attemptId: string): Promise<void> {
  coordinator.assign({ runId: `run_${attemptId}`, attemptId, taskId });
  const { failure } = await coordinator.outcomeOf(attemptId);
  assert.ok(!failure, failure?.error?.message);
}
