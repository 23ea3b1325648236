import assert from "node:assert/strict";
import { test } from "node:test";
import { pino } from "pino";
import { createRun } from "../core/life/new-run.ts";
import { attemptId, newRun, runnerId } from "../core/life/run.test.support.ts";
import type { Run } from "../core/life/run.ts";
import { BadEnds, isBadEnd } from "./bad-ends.ts";

/** Collects the lines of the log as objects. */
function collect(): { readonly badEnds: BadEnds; readonly lines: Record<string, unknown>[] } {
  const lines: Record<string, unknown>[] = [];
  const log = pino({ base: null, timestamp: false }, { write: (text) => void lines.push(JSON.parse(text)) });
  return { badEnds: new BadEnds(log), lines };
}

function failed(number: number, more: Partial<Run> = {}): Run {
  const run = createRun(newRun(number), undefined, undefined, 0);
  const error = { type: "builtIn", name: "RangeError", message: "too far\nmore", stackTrace: "" } as const;
  return { ...run, status: "failed", attemptNumber: 3, activeMs: 12, error, ...more };
}

test("a run that failed is one line with its facts, and of its error's message the first line", () => {
  const { badEnds, lines } = collect();
  badEnds.written(failed(1), 0);
  const internal = { type: "internal", code: "MAX_DURATION_EXCEEDED", message: "m".repeat(5_000) } as const;
  badEnds.written(failed(2, { status: "timedOut", error: internal }), 0);
  const { reason, ...timedOut } = lines[1] ?? {};
  assert.deepEqual(lines[0], {
    level: 30,
    runId: "run_0001",
    taskId: "mail",
    attempt: 3,
    status: "failed",
    durationMs: 12,
    code: "RangeError",
    reason: "too far",
    msg: "run failed",
  });
  assert.deepEqual([timedOut.status, timedOut.code], ["timedOut", "MAX_DURATION_EXCEEDED"]);
  assert.equal(String(reason).length, 300);
});

test("a run whose thread goes later is written twice and logged once", () => {
  const { badEnds, lines } = collect();
  const lingering = { runnerId: runnerId("a"), attemptId: attemptId("a") };
  badEnds.written(failed(1, { lingering }), 0);
  badEnds.written(failed(1), 5);
  assert.equal(lines.length, 1);
});

test("a flood of failures is 20 lines in a second and then a number", () => {
  const { badEnds, lines } = collect();
  for (let number = 1; number <= 1_000; number += 1) badEnds.written(failed(number), 100);
  badEnds.tick(1_000);
  assert.equal(lines.length, 20);
  badEnds.tick(1_100);
  assert.deepEqual(lines[20], { level: 30, count: 980, msg: "more runs failed" });
  badEnds.written(failed(1_001), 1_200);
  assert.equal(lines[21]?.runId, "run_1001");
});

test("completed, canceled and expired runs are no bad ends", () => {
  assert.deepEqual(
    (["completed", "canceled", "expired", "reattempting", "crashed", "systemFailure"] as const).map(isBadEnd),
    [false, false, false, false, true, true],
  );
});
