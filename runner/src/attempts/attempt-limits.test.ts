import assert from "node:assert/strict";
import { test } from "node:test";
import type { Clock } from "@baton/proto/clock";
import { AttemptLimits } from "./attempt-limits.ts";
import { makeHeld } from "./held-attempt.test.support.ts";

/** Returns the limits of one attempt on a clock that the test moves, and their decisions. */
function makeLimits() {
  let now = 0;
  let timers: { readonly at: number; readonly callback: () => void }[] = [];
  const clock = {
    monotonicNow: () => now,
    setTimer: (delayMs: number, callback: () => void) => {
      const timer = { at: now + delayMs, callback };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
  } as Partial<Clock> as Clock;
  const decided: string[] = [];
  const limits = new AttemptLimits(clock, 0, {
    onTimeUp: () => decided.push("timeUp"),
    onStop: () => decided.push("stop"),
    onLinger: () => decided.push("linger"),
  });
  const pass = (ms: number) => {
    now += ms;
    const due = timers.filter(({ at }) => at <= now);
    timers = timers.filter((timer) => !due.includes(timer));
    for (const { callback } of due) callback();
  };
  return { attempt: makeHeld("attempt_1", { maxDurationMs: 1_000 }), limits, decided, pass };
}

test("an attempt that says again that it is active gets no more time", () => {
  const made = makeLimits();
  made.limits.active(made.attempt);
  made.pass(900);
  made.limits.loading(made.attempt, 30_000);
  made.limits.active(made.attempt);
  made.pass(100);
  assert.deepEqual(made.decided, ["stop"]);
});

test("an attempt that says again that it imports its file gets no more time", () => {
  const made = makeLimits();
  made.limits.loading(made.attempt, 1_000);
  made.pass(900);
  made.limits.loading(made.attempt, 1_000);
  made.pass(100);
  assert.deepEqual(made.decided, ["stop"]);
});

test("an attempt that says again that it handles its cancel gets no more time", () => {
  const made = makeLimits();
  made.limits.canceled(made.attempt);
  made.limits.canceling(made.attempt);
  made.pass(29_000);
  made.limits.canceling(made.attempt);
  made.pass(1_000);
  assert.deepEqual(made.decided, ["stop"]);
});

test("an attempt whose thread says nothing is stopped all the same", () => {
  const made = makeLimits();
  made.limits.taken(made.attempt);
  made.pass(999);
  assert.deepEqual(made.decided, []);
  made.pass(1);
  assert.deepEqual(made.decided, ["stop"]);
});

test("the time in which the file is imported is not the attempt's, within its own limit", () => {
  const made = makeLimits();
  made.limits.taken(made.attempt);
  made.limits.loading(made.attempt, 5_000);
  made.pass(4_000);
  made.limits.active(made.attempt);
  made.pass(999);
  assert.deepEqual(made.decided, []);
  made.pass(1);
  assert.deepEqual(made.decided, ["stop"]);
});

test("an attempt gets no more time by saying late that it is active", () => {
  const made = makeLimits();
  made.limits.taken(made.attempt);
  made.pass(900);
  made.limits.active(made.attempt);
  made.pass(100);
  assert.deepEqual(made.decided, ["stop"]);
});
