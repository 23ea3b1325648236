import assert from "node:assert/strict";
import { test } from "node:test";
import { parseDuration } from "./duration.ts";

for (const [text, expected] of [
  ["30s", 30_000],
  ["1h52m18s", 6_738_000],
  ["2w", 1_209_600_000],
  ["1hr", 3_600_000],
  ["18s1h", 3_618_000],
  ["5s7s", 5_000],
  ["1h2hr", 3_600_000],
  ["0s", 0],
] as const) {
  test(`${text} is ${expected} ms`, () => assert.equal(parseDuration(text), expected));
}

for (const text of ["", "10", "10ms", "1.5s", "-1s", "1 s", "s", "1y", `${"0".repeat(100)}s`, "99999999999999w"]) {
  test(`"${text.slice(0, 20)}" is no duration`, () => assert.equal(parseDuration(text), undefined));
}
