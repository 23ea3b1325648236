import assert from "node:assert/strict";
import { test } from "node:test";
import { TaskLengths } from "./task-lengths.ts";

function observe(lengths: TaskLengths, taskId: string, activeMs: number, count: number): void {
  for (let at = 0; at < count; at += 1) lengths.observe(taskId, activeMs);
}

test("a task is short after a dozen short attempts, not before", () => {
  const lengths = new TaskLengths();
  assert.equal(lengths.isShort("a"), false);
  observe(lengths, "a", 0.1, 5);
  assert.equal(lengths.isShort("a"), false);
  observe(lengths, "a", 0.1, 10);
  assert.equal(lengths.isShort("a"), true);
  assert.equal(lengths.isShort("b"), false, "each task has its own length");
});

test("one long attempt changes nothing, three do for a while", () => {
  const lengths = new TaskLengths();
  observe(lengths, "a", 0.1, 100);
  lengths.observe("a", 1_000);
  assert.equal(lengths.isShort("a"), true);
  observe(lengths, "a", 20, 2);
  assert.equal(lengths.isShort("a"), false);
  observe(lengths, "a", 0.1, 50);
  assert.equal(lengths.isShort("a"), true);
});

test("more tasks than it keeps are forgotten, not collected", () => {
  const lengths = new TaskLengths();
  observe(lengths, "first", 0.1, 20);
  for (let at = 0; at < 20_000; at += 1) lengths.observe(`task ${at}`, 0.1);
  assert.equal(lengths.isShort("first"), false);
});
