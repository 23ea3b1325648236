import assert from "node:assert/strict";
import { test } from "node:test";
import { nearestIds } from "./nearest-ids.ts";

test("the nearest ids come first, at most three, and unlike ones not at all", () => {
  assert.deepEqual(nearestIds("resise", ["resize", "resized", "archive"]), ["resize", "resized"]);
  assert.equal(nearestIds("task", ["task1", "task2", "task3", "task4"]).length, 3);
});
