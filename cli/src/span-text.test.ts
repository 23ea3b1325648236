import assert from "node:assert/strict";
import { test } from "node:test";
import { spanText } from "./span-text.ts";

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
