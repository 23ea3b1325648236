import assert from "node:assert/strict";
import { test } from "node:test";
import { type FailureCircumstances, failureOf, retryDelayMs } from "./failure.ts";

const builtIn = { maxAttempts: 3, factor: 2, minTimeoutMs: 1000, maxTimeoutMs: 60_000, randomize: false };

function circumstances(part: Partial<FailureCircumstances> = {}): FailureCircumstances {
  return { attemptNumber: 1, maxAttempts: 3, retry: builtIn, areRetriesEnabled: true, random: () => 0.5, ...part };
}

function delays(retry: Partial<typeof builtIn>, maxAttempts: number): (number | undefined)[] {
  return Array.from({ length: maxAttempts }, (_, index) =>
    retryDelayMs(circumstances({ attemptNumber: index + 1, maxAttempts, retry: { ...builtIn, ...retry } })),
  );
}

function decisionOf(thrown: unknown, part: Partial<FailureCircumstances> = {}): unknown {
  const end = failureOf(thrown, circumstances(part));
  return end.type === "failed" ? end.decision : end;
}

test("delays follow the table of spec 4.5", () => {
  assert.deepEqual(delays({}, 3), [1000, 2000, undefined]);
  assert.deepEqual(delays({ factor: 1.8, minTimeoutMs: 500, maxTimeoutMs: 30_000 }, 10), [
    500,
    900,
    1620,
    2916,
    5249,
    9448,
    17006,
    30000,
    30000,
    undefined,
  ]);
  assert.deepEqual(delays({ minTimeoutMs: 5000, maxTimeoutMs: 1000 }, 4), [1000, 1000, 1000, undefined]);
  assert.deepEqual(delays({ minTimeoutMs: 0 }, 3), [0, 0, undefined]);
  assert.deepEqual(delays({}, 1), [undefined]);
  assert.deepEqual(delays({ randomize: true }, 2), [1500, undefined]);
});

test("aborts and refused requests of the client are final, its rate limit waits for the reset", () => {
  const failed = { type: "final", status: "failed" };
  const clientError = (status: number, more = {}) =>
    Object.assign(new Error("refused"), { name: "TriggerApiError", status, ...more });
  assert.deepEqual(decisionOf(Object.assign(new Error("stop"), { name: "AbortTaskRunError" })), failed);
  assert.deepEqual(decisionOf(clientError(404)), failed);
  assert.deepEqual(decisionOf(clientError(408)), { type: "retry", delayMs: 1000 });
  assert.deepEqual(decisionOf(clientError(429, { millisecondsUntilReset: 700 })), { type: "retry", delayMs: 1700 });
  assert.deepEqual(decisionOf(clientError(429, { millisecondsUntilReset: 700 }), { attemptNumber: 3 }), failed);
  assert.deepEqual(decisionOf(new Error("x"), { areRetriesEnabled: false }), failed);
});

test("running out of memory is decided by the stored policy", () => {
  const end = failureOf(Object.assign(new Error("gone"), { name: "OutOfMemoryError" }), circumstances());
  assert.equal(end.type === "failed" && end.error.type === "internal" && end.error.code, "TASK_PROCESS_OOM_KILLED");
  assert.deepEqual(end.type === "failed" && end.decision, { type: "policy", status: "crashed" });
});
