import assert from "node:assert/strict";
import { test } from "node:test";
import { outputName } from "./output-name.ts";

test("an output's name can be read, and is the same wherever the project lies", () => {
  assert.match(outputName("/here", "/here/trigger/a.ts", ".mjs"), /^trigger_a\.ts-[0-9a-f]{10}\.mjs$/);
  assert.equal(outputName("/here", "/here/trigger/a.ts", ".mjs"), outputName("/there", "/there/trigger/a.ts", ".mjs"));
});

test("files whose flattened names are equal have different outputs", () => {
  const files = [
    "a/b.ts",
    "a_b.ts",
    "a b.ts",
    "a/b.tsx",
    "ä_b.ts",
    "ö_b.ts",
    `${"x/".repeat(90)}b.ts`,
    `y/${"x/".repeat(90)}b.ts`,
  ];
  const names = files.map((file) => outputName("/here", `/here/${file}`, ".mjs"));
  assert.equal(new Set(names).size, files.length);
});

test("an output's name is short ASCII, not hidden, and needs no encoding in an address", () => {
  for (const file of [".hidden/.y.ts", "../outside/a.ts", `${"漢字 ".repeat(80)}.ts`, "a#b?c%20d.ts", "__proto__.ts"]) {
    const name = outputName("/here", `/here/${file}`, ".mjs");
    assert.match(name, /^[\w-][\w.-]*$/);
    assert.ok(name.length < 120, name);
    assert.equal(encodeURIComponent(name), name);
  }
});
