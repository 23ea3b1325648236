import assert from "node:assert/strict";
import { test } from "node:test";
import { systemClock } from "@baton/proto/clock";
import type { AttemptId, RunId } from "@baton/proto/contract/ids";
import { LogListeners, logWaitMs } from "./log-listeners.ts";

const runId = "run_logs0000" as RunId;

function attempt(number: number): AttemptId {
  return `attempt_${number}` as AttemptId;
}

/** Listeners, the notices that they get, and their timers, which a test fires. */
function listeners() {
  const timers = new Set<() => void>();
  const setTimer = (delayMs: number, fire: () => void) => {
    assert.equal(delayMs, logWaitMs);
    timers.add(fire);
    return () => void timers.delete(fire);
  };
  const logs = new LogListeners({ ...systemClock, setTimer });
  const told: string[] = [];
  return { logs, told, timers, tell: (what: string) => logs.afterLogs(runId, () => told.push(what)) };
}

test("what is told of a run waits for the lines of its latest attempt, though those of an earlier one have come", () => {
  const { logs, tell, timers, told } = listeners();
  logs.expect(runId, attempt(1));
  tell("failed once");
  logs.expect(runId, attempt(2));
  tell("completed");
  logs.ended(attempt(1));
  assert.deepEqual([told, logs.isAwaited(runId)], [["failed once"], true]);
  logs.ended(attempt(2));
  assert.deepEqual([told, logs.isAwaited(runId), timers.size], [["failed once", "completed"], false, 0]);
});

test("lines of attempts that come in another order do not change the order in which a run is told of", () => {
  const { logs, tell, timers, told } = listeners();
  logs.expect(runId, attempt(1));
  tell("failed once");
  logs.expect(runId, attempt(2));
  tell("completed");
  logs.ended(attempt(2));
  assert.deepEqual(told, []);
  for (const fire of [...timers]) fire();
  assert.deepEqual([told, logs.isAwaited(runId)], [["failed once", "completed"], false]);
});

test("of the ends that came before their outcomes the latest thousands are remembered, and no more than that", () => {
  const { logs } = listeners();
  for (let number = 0; number < 15_000; number += 1) logs.ended(attempt(number));
  logs.expect(runId, attempt(10_000));
  assert.ok(!logs.isAwaited(runId));
  logs.expect(runId, attempt(0));
  assert.ok(logs.isAwaited(runId));
});
