import assert from "node:assert/strict";
import { test } from "node:test";
import { runs, task, tasks } from "../index.ts";
import { createTestClock, runTask } from "../testing/index.ts";

/** Answers triggers after a turn of the event loop, and counts them. */
function answering() {
  const triggered: string[] = [];
  const call = async (method: string, request: object) => {
    await new Promise((resolve) => setImmediate(resolve));
    if (method !== "TriggerMany") return { runId: "run_1", status: "RUN_STATUS_CANCELED" };
    const { items } = request as { readonly items: readonly { readonly taskId: string; readonly runId: string }[] };
    triggered.push(...items.map(({ taskId }) => taskId));
    return { results: items.map(({ runId }) => ({ run: { runId, isCached: false } })) };
  };
  return { call, triggered };
}

test("an attempt ends after the calls that its code did not await, and those that follow from their answers", async () => {
  const { call, triggered } = answering();
  const indirect = async (id: string) => tasks.trigger(id, null);
  const each = task({
    id: "each",
    run: async () => {
      const triggerThree = async (name: string) => {
        await indirect(`${name}1`);
        await indirect(`${name}2`);
        await runs.cancel("run_1");
        void tasks.trigger(`${name}3`, null);
      };
      for (const name of ["a", "b"]) void triggerThree(name);
      return "returned";
    },
  });
  const run = await runTask(each, undefined, { call });
  assert.deepEqual([run.status, run.output, run.logs], ["COMPLETED", "returned", []]);
  assert.deepEqual(triggered.toSorted(), ["a1", "a2", "a3", "b1", "b2", "b3"]);
});

test("calls of hooks, and calls before a throw, are made too", async () => {
  for (const hook of ["onStart", "init", "onSuccess", "onComplete", "cleanup"]) {
    const { call, triggered } = answering();
    const hooked = task({ id: "hooked", run: async () => 1, [hook]: () => void tasks.trigger(hook, null) });
    assert.equal((await runTask(hooked, undefined, { call })).status, "COMPLETED");
    assert.deepEqual(triggered, [hook]);
  }
  const { call, triggered } = answering();
  const failing = task({
    id: "failing",
    retry: { maxAttempts: 1 },
    run: () => {
      void tasks.trigger("child", null);
      throw new Error("after the trigger");
    },
  });
  const run = await runTask(failing, undefined, { call });
  assert.deepEqual([run.status, run.error?.message, triggered], ["FAILED", "after the trigger", ["child"]]);
});

test("a call that has no answer after 10 s is named in the run's log, and the attempt ends", async () => {
  const clock = createTestClock();
  const stuck = task({
    id: "stuck",
    run: async () => {
      void tasks.trigger("child", null);
      void runs.replay("run_1");
    },
  });
  let hasEnded = false;
  const running = runTask(stuck, undefined, { clock, call: () => new Promise(() => undefined) }).finally(() => {
    hasEnded = true;
  });
  await clock.advance(9_999);
  assert.equal(hasEnded, false);
  await clock.advance(1);
  const { logs, status } = await running;
  assert.equal(status, "COMPLETED");
  assert.deepEqual(
    logs.map(({ message }) => message),
    [
      "Calls had no answer 10 s after the attempt's code had ended, and are left alone: " +
        'trigger of "child", replay of run_1. Await them.',
    ],
  );
});
