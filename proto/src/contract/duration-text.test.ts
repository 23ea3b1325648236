import assert from "node:assert/strict";
import { test } from "node:test";
import { parseDuration } from "./duration-text.ts";

test("a duration is digits and units in any order, and a repeated unit counts once", () => {
  const table: readonly (readonly [string, number | undefined])[] = [
    ["30s", 30_000],
    ["1h52m18s", 6_738_000],
    ["2w", 1_209_600_000],
    ["1hr", 3_600_000],
    ["5m1d", 86_700_000],
    ["18s1h", 3_618_000],
    ["5s7s", 5_000],
    ["1h2hr", 3_600_000],
    ["0s", 0],
    ["", undefined],
    ["10", undefined],
    ["1.5h", undefined],
    ["-1h", undefined],
    ["1 h", undefined],
    ["100ms", undefined],
    ["s", undefined],
    ["1y", undefined],
    [`${"0".repeat(100)}s`, undefined],
    ["99999999999999w", undefined],
  ];
  for (const [text, expected] of table) assert.equal(parseDuration(text), expected, text);
});
