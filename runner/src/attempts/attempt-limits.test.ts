import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { AttemptLimits } from "./attempt-limits.ts";

/** Limits on a clock that the test moves, and what they decided. */
function makeLimits() {
  mock.timers.enable({ apis: ["setTimeout"] });
  let now = 0;
  mock.method(performance, "now", () => now);
  const decided: string[] = [];
  const limits = new AttemptLimits(0, {
    onTimeUp: () => decided.push("timeUp"),
    onStop: () => decided.push("stop"),
    onLinger: () => decided.push("linger"),
  });
  const pass = (ms: number) => {
    now += ms;
    mock.timers.tick(ms);
  };
  const reset = () => {
    limits.stop();
    mock.reset();
    mock.timers.reset();
  };
  return { limits, decided, pass, [Symbol.dispose]: reset };
}

test("an attempt that says again that it is active gets no more time", () => {
  using made = makeLimits();
  made.limits.active("attempt_1", 1_000);
  made.pass(900);
  made.limits.loading("attempt_1", 30_000);
  made.limits.active("attempt_1", 1_000);
  made.pass(100);
  assert.deepEqual(made.decided, ["stop"]);
});

test("an attempt that says again that it imports its file gets no more time", () => {
  using made = makeLimits();
  made.limits.loading("attempt_1", 1_000);
  made.pass(900);
  made.limits.loading("attempt_1", 1_000);
  made.pass(100);
  assert.deepEqual(made.decided, ["stop"]);
});

test("an attempt that says again that it handles its cancel gets no more time", () => {
  using made = makeLimits();
  made.limits.canceled("attempt_1");
  made.limits.canceling("attempt_1");
  made.pass(29_000);
  made.limits.canceling("attempt_1");
  made.pass(1_000);
  assert.deepEqual(made.decided, ["stop"]);
});

test("an attempt whose thread says nothing is stopped all the same", () => {
  using made = makeLimits();
  made.limits.taken("attempt_1", 1_000);
  made.pass(999);
  assert.deepEqual(made.decided, []);
  made.pass(1);
  assert.deepEqual(made.decided, ["stop"]);
});

test("the time in which the file is imported is not the attempt's, within its own limit", () => {
  using made = makeLimits();
  made.limits.taken("attempt_1", 1_000);
  made.limits.loading("attempt_1", 5_000);
  made.pass(4_000);
  made.limits.active("attempt_1", 1_000);
  made.pass(999);
  assert.deepEqual(made.decided, []);
  made.pass(1);
  assert.deepEqual(made.decided, ["stop"]);
});

test("an attempt gets no more time by saying late that it is active", () => {
  using made = makeLimits();
  made.limits.taken("attempt_1", 1_000);
  made.pass(900);
  made.limits.active("attempt_1", 1_000);
  made.pass(100);
  assert.deepEqual(made.decided, ["stop"]);
});
