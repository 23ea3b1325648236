import assert from "node:assert/strict";
import { test } from "node:test";
import { toPlaceText, toSortText } from "./sort-text.ts";

test("the texts of numbers have one length and sort like the numbers", () => {
  const numbers = [-(2 ** 60), -1.5, -1, -0.25, 0, 0.25, 1, 1.5, 2, 1_767_225_600_000, 1_767_225_600_000.5, 2 ** 60];
  const texts = numbers.map(toSortText);
  assert.deepEqual(texts.toSorted(), texts);
  assert.equal(new Set(texts).size, numbers.length);
  assert.ok(texts.every((text) => text.length === 16));
  assert.equal(toSortText(-0), toSortText(0));
});

test("places with one number sort by id", () => {
  assert.ok(toPlaceText(5, "run_a") < toPlaceText(5, "run_b"));
  assert.ok(toPlaceText(5, "run_b") < toPlaceText(6, "run_a"));
});
