import assert from "node:assert/strict";
import { test } from "node:test";
import { ageText, spanText } from "./span-text.ts";

test("a span is told in the two units that matter", () => {
  const table: readonly (readonly [number, string])[] = [
    [0, "0 ms"],
    [999, "999 ms"],
    [1_000, "1.0 s"],
    [59_940, "59.9 s"],
    [60_000, "1m"],
    [125_000, "2m 5s"],
    [3_600_000, "1h"],
    [5_400_000, "1h 30m"],
    [90_000_000, "1d 1h"],
  ];
  for (const [ms, text] of table) assert.equal(spanText(ms), text);
});

test("an age is told in one unit, and never below zero", () => {
  const table: readonly (readonly [number, string])[] = [
    [-5_000, "0s"],
    [0, "0s"],
    [59_999, "59s"],
    [60_000, "1m"],
    [3_599_999, "59m"],
    [5_400_000, "1h"],
    [86_400_000 * 20, "20d"],
  ];
  for (const [ms, text] of table) assert.equal(ageText(ms), text);
});
