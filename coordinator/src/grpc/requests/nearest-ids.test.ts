import assert from "node:assert/strict";
import { test } from "node:test";
import { editDistance, nearestIds } from "./nearest-ids.ts";

test("the edit distance counts added, removed and replaced characters", () => {
  assert.equal(editDistance("kitten", "sitting", 10), 3);
  assert.equal(editDistance("same", "same", 0), 0);
  assert.ok(editDistance("short", "something much longer", 3) > 3);
});

test("the nearest ids come first, at most three, and unlike ones not at all", () => {
  assert.deepEqual(nearestIds("resise", ["resize", "resized", "archive"]), ["resize", "resized"]);
  assert.equal(nearestIds("task", ["task1", "task2", "task3", "task4"]).length, 3);
});
