import assert from "node:assert/strict";
import { test } from "node:test";
import { ThreadLimit } from "./thread-limit.ts";

test("every thread may execute before anything is known, and while attempts take long", () => {
  const limit = new ThreadLimit(16, 2);
  assert.equal(limit.current([], 0), 16);
  for (let count = 0; count < 200; count += 1) limit.observe(5);
  assert.equal(limit.current([], 0), 16);
});

test("attempts far below a millisecond share one thread more than there are processors", () => {
  const limit = new ThreadLimit(16, 2);
  for (let count = 0; count < 200; count += 1) limit.observe(0.01);
  assert.equal(limit.current([99.5, 99.9, 100], 100), 3);
});

test("an attempt that turns out longer makes room for another one", () => {
  const limit = new ThreadLimit(4, 2);
  limit.observe(0.01);
  assert.equal(limit.current([90, 99.9], 100), 4);
  assert.equal(limit.current([10, 50, 90, 95], 100), 4, "never more than the runner's concurrency");
});

test("one long attempt among many short ones opens every thread for a while", () => {
  const limit = new ThreadLimit(16, 2);
  for (let count = 0; count < 200; count += 1) limit.observe(0.01);
  limit.observe(1_000);
  assert.equal(limit.current([], 0), 16);
  for (let count = 0; count < 200; count += 1) limit.observe(0.01);
  assert.equal(limit.current([], 0), 3);
});
