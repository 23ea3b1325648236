import assert from "node:assert/strict";
import { test } from "node:test";
import { startFixture } from "./runner-fixture.test.support.ts";

const limit = { timeout: 60_000 };

/** Ways to enter a context. Each is the source of a `run` that returns the value it found before. */
const entering = {
  inRun: "async (value) => { const before = storage.getStore() ?? null; storage.enterWith(value); return before; }",
  beforeATimer: `async (value) => {
    const before = storage.getStore() ?? null;
    await new Promise((resolve) => setTimeout(resolve, 5));
    storage.enterWith(value);
    await new Promise((resolve) => setTimeout(resolve, 5));
    return [before, storage.getStore()];
  }`,
};
const storage = `(await import("node:async_hooks")).AsyncLocalStorage`;
const withStorage = Object.fromEntries(
  Object.entries(entering).map(([id, run]) => [id, `(globalThis.storage ??= new (${storage})(), ${run})`]),
);

test("a context that code of one attempt enters is not seen by the next attempt of the thread", limit, async () => {
  await using fixture = await startFixture(withStorage, { concurrency: 1 });
  const { coordinator } = fixture;
  const outputOf = async (attemptId: string, taskId: string) => {
    coordinator.assign({ runId: `run_${attemptId}`, attemptId, taskId, payload: JSON.stringify(attemptId) });
    return JSON.parse((await coordinator.outcomeOf(attemptId)).success?.output ?? "null");
  };
  assert.equal(await outputOf("a", "inRun"), null);
  assert.equal(await outputOf("b", "inRun"), null);
  assert.deepEqual(await outputOf("c", "beforeATimer"), [null, "c"]);
  assert.deepEqual(await outputOf("d", "beforeATimer"), [null, "d"]);
  assert.equal(await outputOf("e", "inRun"), null);
});

test("a context that a module enters while it loads is seen by no attempt, the first included", limit, async () => {
  const look = `(globalThis.loading = new (${storage})(), globalThis.loading.enterWith("loading"),
    async () => [globalThis.loading.getStore() ?? null, (globalThis.used = (globalThis.used ?? 0) + 1)])`;
  await using fixture = await startFixture({ look }, { concurrency: 1 });
  const { coordinator } = fixture;
  for (const [index, attemptId] of ["a", "b"].entries()) {
    coordinator.assign({ runId: `run_${attemptId}`, attemptId, taskId: "look" });
    assert.equal((await coordinator.outcomeOf(attemptId)).success?.output, `[null,${index + 1}]`);
  }
});
