import assert from "node:assert/strict";
import { test } from "node:test";
import { effectiveMaxDurationMs } from "./max-duration.ts";
import { createRun } from "./new-run.ts";
import { definition, newRun } from "./run.test.support.ts";

function effective(ofRun: number | undefined, ofTask: number | undefined, minimumMs?: number): number | undefined {
  const run = createRun(newRun(1, ofRun === undefined ? {} : { maxDurationMs: ofRun }), undefined, undefined, 0);
  return effectiveMaxDurationMs(run, definition(ofTask === undefined ? {} : { maxDurationMs: ofTask }), minimumMs);
}

test("the run's limit stands over the task's, and 0 on the run lifts it", () => {
  assert.equal(effective(10, 60), 10);
  assert.equal(effective(undefined, 60), 60);
  assert.equal(effective(0, 60), undefined);
  assert.equal(effective(undefined, undefined), undefined);
});

test("the minimum raises smaller limits and makes none where there is none", () => {
  assert.equal(effective(10, 60, 5_000), 5_000);
  assert.equal(effective(undefined, 9_000, 5_000), 9_000);
  assert.equal(effective(0, 60, 5_000), undefined);
});
