import assert from "node:assert/strict";
import { test } from "node:test";
import { retryDelayMs } from "../contract/retry.ts";
import {
  defaultDelayMs,
  earlyDecision,
  type FailureCircumstances,
  handlerDecision,
  storedError,
} from "./error-decision.ts";

const builtIn = { maxAttempts: 3, factor: 2, minTimeoutMs: 1000, maxTimeoutMs: 60_000, randomize: false };
const failed = { type: "final", status: "failed" };

function circumstances(part: Partial<FailureCircumstances> = {}): FailureCircumstances {
  return { attemptNumber: 1, maxAttempts: 3, retry: builtIn, areRetriesEnabled: true, random: () => 0.5, ...part };
}

function delays(retry: Partial<typeof builtIn>, maxAttempts: number): (number | undefined)[] {
  return Array.from({ length: maxAttempts }, (_, index) =>
    retryDelayMs({ ...builtIn, ...retry }, index + 1, maxAttempts, 0.5),
  );
}

function clientError(status: number, more = {}): Error {
  return Object.assign(new Error("refused"), { name: "TriggerApiError", status, ...more });
}

test("delays follow the table of docs/tasks.md 4.5", () => {
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
  assert.deepEqual(delays({ maxTimeoutMs: 10_000 }, 6), [1000, 2000, 4000, 8000, 10_000, undefined]);
  assert.deepEqual(delays({ factor: 1, minTimeoutMs: 250 }, 4), [250, 250, 250, undefined]);
  assert.deepEqual(delays({ minTimeoutMs: 5000, maxTimeoutMs: 1000 }, 4), [1000, 1000, 1000, undefined]);
  assert.deepEqual(delays({ minTimeoutMs: 0 }, 3), [0, 0, undefined]);
  assert.deepEqual(delays({}, 1), [undefined]);
  assert.equal(retryDelayMs(builtIn, 1, 0, 0.5), undefined);
});

test("a random delay lies in [1, 2) times its base, and below the cap", () => {
  const spread = { ...builtIn, randomize: true };
  const samples = Array.from({ length: 500 }, () => retryDelayMs(spread, 1, 3, Math.random()) ?? Number.NaN);
  assert.ok(samples.every((delay) => delay >= 1000 && delay <= 2000));
  assert.ok(new Set(samples).size > 1);
  assert.equal(retryDelayMs({ ...spread, maxTimeoutMs: 1000 }, 1, 3, 0.999), 1000);
});

test("aborts, refused requests of the client and switched off retries need no handler", () => {
  const abort = Object.assign(new Error("stop"), { name: "AbortTaskRunError" });
  assert.deepEqual(earlyDecision(abort, circumstances()), failed);
  assert.deepEqual(earlyDecision(clientError(404), circumstances()), failed);
  assert.equal(earlyDecision(clientError(408), circumstances()), undefined);
  assert.equal(earlyDecision(clientError(429), circumstances()), undefined);
  assert.equal(earlyDecision(clientError(503), circumstances()), undefined);
  assert.deepEqual(earlyDecision(new Error("x"), circumstances({ areRetriesEnabled: false })), failed);
  assert.equal(earlyDecision("AbortTaskRunError", circumstances()), undefined);
});

test("a rate limit waits for its reset, and at most two seconds more, while an attempt is left", () => {
  const limited = clientError(429, { millisecondsUntilReset: 700 });
  assert.equal(defaultDelayMs(limited, circumstances()), 1700);
  assert.equal(defaultDelayMs(limited, circumstances({ attemptNumber: 3 })), undefined);
  assert.equal(defaultDelayMs(clientError(429), circumstances()), 1000);
});

test("running out of memory is decided by the stored policy", () => {
  const gone = Object.assign(new Error("gone"), { name: "OutOfMemoryError" });
  assert.deepEqual(earlyDecision(gone, circumstances()), { type: "policy", status: "crashed" });
  const stored = storedError(gone, false);
  assert.equal(stored.type === "internal" && stored.code, "TASK_PROCESS_OOM_KILLED");
  const ffmpeg = new Error("ffmpeg was killed with signal SIGKILL");
  assert.deepEqual(earlyDecision(ffmpeg, circumstances()), { type: "policy", status: "crashed" });
});

test("of what a handler returns the first member that applies decides", () => {
  const decide = (result: unknown) => handlerDecision(result, circumstances(), 1_000);
  assert.deepEqual(decide({ skipRetrying: true, retryDelayInMs: 5 }), failed);
  assert.deepEqual(decide({ retryAt: new Date(1_700), retryDelayInMs: 5 }), { type: "retry", delayMs: 700 });
  assert.deepEqual(decide({ retryAt: new Date(1) }), { type: "retry", delayMs: 0 });
  assert.deepEqual(decide({ retryDelayInMs: 5, retry: { maxAttempts: 1 } }), { type: "retry", delayMs: 5 });
  assert.deepEqual(decide({ retryDelayInMs: -5 }), { type: "retry", delayMs: 0 });
  assert.deepEqual(decide({ retryDelayInMs: 1e300 }), decide({ retryAt: new Date(8.64e15) }));
  assert.deepEqual(decide({ retry: { minTimeoutInMs: 10, randomize: false } }), { type: "retry", delayMs: 10 });
  assert.deepEqual(decide({ retry: { maxAttempts: 1 } }), failed);
  assert.deepEqual(decide({}), failed);
  assert.deepEqual(decide({ error: new Error("x") }), failed);
});

test("a time that a handler chooses gives no attempt beyond maxAttempts", () => {
  const last = circumstances({ attemptNumber: 3 });
  assert.deepEqual(handlerDecision({ retryDelayInMs: 5 }, last, 1_000), failed);
  assert.deepEqual(handlerDecision({ retryAt: new Date(1_700) }, last, 1_000), failed);
  assert.deepEqual(handlerDecision({ retryDelayInMs: 5 }, circumstances({ maxAttempts: 1 }), 1_000), failed);
  assert.deepEqual(handlerDecision({ retry: { maxAttempts: 4, minTimeoutInMs: 0 } }, last, 1_000), {
    type: "retry",
    delayMs: 0,
  });
  assert.throws(() => handlerDecision({ retryAt: "soon" }, last, 1_000), /valid Date/);
});

test("a handler's result that means nothing is refused", () => {
  const decide = (result: unknown) => () => handlerDecision(result, circumstances(), 1_000);
  assert.throws(decide({ retryAt: "soon" }), /valid Date/);
  assert.throws(decide({ retryAt: new Date(Number.NaN) }), /valid Date/);
  assert.throws(decide({ retryDelayInMs: Number.POSITIVE_INFINITY }), /Infinity/);
  assert.throws(decide({ retry: { factor: "much" } }), /retry\.factor/);
  assert.throws(decide(true), /boolean/);
});
