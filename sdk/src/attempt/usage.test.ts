import assert from "node:assert/strict";
import { afterEach, describe, test } from "node:test";
import { enterAttempt, leaveAttempt } from "./attempt-fixture.test.support.ts";
import { usage } from "./usage.ts";

const ctx = { run: { costInCents: 3, baseCostInCents: 1 }, machine: { centsPerMs: 0.5 } };

describe("usage", () => {
  afterEach(leaveAttempt);

  test("adds up the active time of all attempts and prices it by the machine", () => {
    enterAttempt({ ctx, activeTime: () => ({ attemptMs: 10, earlierMs: 90 }) });
    assert.deepEqual(usage.getCurrent(), {
      compute: { attempt: { costInCents: 5, durationMs: 10 }, total: { costInCents: 8, durationMs: 100 } },
      baseCostInCents: 1,
      totalCostInCents: 9,
    });
  });

  test("measures a function by active time, and rejects as the function does", async () => {
    let attemptMs = 10;
    enterAttempt({ ctx, activeTime: () => ({ attemptMs, earlierMs: 0 }) });
    const { result, compute } = await usage.measure(async () => {
      attemptMs = 40;
      return "done";
    });
    assert.deepEqual([result, compute], ["done", { costInCents: 15, durationMs: 30 }]);
    await assert.rejects(
      usage.measure(() => Promise.reject(new Error("no"))),
      /no/,
    );
  });

  test("is nothing outside an attempt, where functions are measured by the clock", async () => {
    const nothing = { costInCents: 0, durationMs: 0 };
    assert.deepEqual(usage.getCurrent().compute, { attempt: nothing, total: nothing });
    const { result, compute } = await usage.measure(() => 5);
    assert.deepEqual([result, compute.costInCents], [5, 0]);
    assert.ok(compute.durationMs >= 0);
  });
});
