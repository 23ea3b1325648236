import assert from "node:assert/strict";
import { test } from "node:test";
import { Prefetch } from "./prefetch.ts";

function after(durationMs: number): number {
  const prefetch = new Prefetch(10);
  for (let count = 0; count < 200; count += 1) prefetch.observe(durationMs);
  return prefetch.wanted();
}

test("short attempts are prefetched, long ones never, and at most eight times the threads", () => {
  assert.equal(new Prefetch(10).wanted(), 0);
  assert.equal(after(0.1), 80);
  assert.equal(after(20), 10);
  assert.equal(after(50), 0);
  assert.equal(after(60_000), 0);
});
