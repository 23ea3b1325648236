import assert from "node:assert/strict";
import { test } from "node:test";
import { matchesGlob } from "./glob.ts";

for (const [pattern, path, expected] of [
  ["**/*.test.*", "trigger/a.test.ts", true],
  ["**/*.test.*", "a.test.ts", true],
  ["**/*.test.*", "trigger/test.ts", false],
  ["*.spec.ts", "deep/below/a.spec.ts", true],
  ["src/*.ts", "src/deep/a.ts", false],
  ["src/**", "src/deep/a.ts", true],
  ["./src/{a,b}.ts", "src/b.ts", true],
  ["src/[!a].ts", "src/a.ts", false],
  ["src/[a-c].ts", "src/b.ts", true],
  ["a+b.ts", "x/a+b.ts", true],
  ["?.ts", "ab.ts", false],
] as const) {
  test(`${pattern} ${expected ? "matches" : "does not match"} ${path}`, () => {
    assert.equal(matchesGlob(path, pattern), expected);
  });
}
