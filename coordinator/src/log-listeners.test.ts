import assert from "node:assert/strict";
import { test } from "node:test";
import { systemClock } from "./clock.ts";
import type { AttemptId, RunId } from "./core/run.ts";
import { LogListeners } from "./log-listeners.ts";

const runId = "run_logs0000" as RunId;

function attempt(number: number): AttemptId {
  return `attempt_${number}` as AttemptId;
}

test("of the ends that came before their outcomes the latest thousands are remembered, and no more than that", () => {
  const logs = new LogListeners({ ...systemClock, setTimer: () => () => undefined });
  for (let number = 0; number < 15_000; number += 1) logs.ended(attempt(number));
  logs.expect(runId, attempt(10_000));
  assert.ok(!logs.isAwaited(runId));
  logs.expect(runId, attempt(0));
  assert.ok(logs.isAwaited(runId));
});
