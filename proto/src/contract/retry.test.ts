import assert from "node:assert/strict";
import { test } from "node:test";
import { builtInRetryPolicy, type RetryPolicy, retryDelayMs } from "./retry.ts";

const steady: RetryPolicy = { maxAttempts: 10, factor: 2, minTimeoutMs: 1_000, maxTimeoutMs: 60_000, randomize: false };

const rows: readonly {
  readonly title: string;
  readonly policy?: Partial<RetryPolicy>;
  readonly attempt: number;
  readonly max?: number;
  readonly random?: number;
  readonly delayMs: number | undefined;
}[] = [
  { title: "the first retry waits for the least time", attempt: 1, delayMs: 1_000 },
  { title: "each further one for the factor more", attempt: 4, delayMs: 8_000 },
  { title: "and no longer than the most", attempt: 9, delayMs: 60_000 },
  { title: "a random factor is at least one", attempt: 1, policy: { randomize: true }, random: 0, delayMs: 1_000 },
  { title: "a random factor stays below two", attempt: 1, policy: { randomize: true }, random: 0.999, delayMs: 1_999 },
  { title: "chance comes before the cap", attempt: 9, policy: { randomize: true }, random: 0.7, delayMs: 60_000 },
  { title: "a delay is whole", attempt: 2, policy: { minTimeoutMs: 1, factor: 1.5 }, delayMs: 2 },
  { title: "a factor of one waits the same each time", attempt: 7, policy: { factor: 1 }, delayMs: 1_000 },
  { title: "no time is a delay of 0", attempt: 1, policy: { minTimeoutMs: 0, maxTimeoutMs: 0 }, delayMs: 0 },
  { title: "the last attempt has no retry", attempt: 3, max: 3, delayMs: undefined },
  { title: "one attempt has no retry", attempt: 1, max: 1, delayMs: undefined },
  { title: "less than one attempt counts as one", attempt: 1, max: 0, delayMs: undefined },
  { title: "an attempt past the last has no retry", attempt: 9, max: 3, delayMs: undefined },
];

for (const { attempt, delayMs, max = 10, policy = {}, random = 0.5, title } of rows) {
  test(title, () => {
    assert.equal(retryDelayMs({ ...steady, ...policy }, attempt, max, random), delayMs);
  });
}

test("the built-in policy makes three attempts", () => {
  assert.equal(retryDelayMs(builtInRetryPolicy, 2, builtInRetryPolicy.maxAttempts, 0), 2_000);
  assert.equal(retryDelayMs(builtInRetryPolicy, 3, builtInRetryPolicy.maxAttempts, 0), undefined);
});
