import assert from "node:assert/strict";
import { test } from "node:test";
import { toTaskError } from "./task-error.ts";

test("each kind of thrown value has its shape", () => {
  const error = toTaskError(new RangeError("far"));
  assert.equal(error.type === "builtIn" && `${error.name}: ${error.message}`, "RangeError: far");
  assert.deepEqual(toTaskError("text"), { type: "string", raw: "text" });
  assert.deepEqual(toTaskError({ a: 1 }), { type: "custom", raw: '{"a":1}' });
  assert.deepEqual(toTaskError(undefined), { type: "custom", raw: "undefined" });
  assert.deepEqual(toTaskError(10n), { type: "custom", raw: "10" });
});

test("messages, stacks and raw values are cut to their limits and lose NUL characters", () => {
  const error = new Error(`\0${"é".repeat(5_000)}`);
  error.stack = ["Error: x", ...Array.from({ length: 80 }, (_, index) => `    at f${index} (file.js:1:1)`)].join("\n");
  const shaped = toTaskError(error);
  assert.ok(shaped.type === "builtIn");
  assert.ok(Buffer.byteLength(shaped.message) <= 4 * 1024 + 20);
  assert.doesNotMatch(shaped.message, /\0|\uFFFD/);
  assert.equal(shaped.stackTrace.match(/ at f/g)?.length, 50);
  assert.match(shaped.stackTrace, /30 frames left out/);
  const custom = toTaskError({ text: "x".repeat(10_000) });
  assert.equal(custom.type === "custom" && JSON.parse(custom.raw).truncated, true);
});

test("values that resist being read are stored all the same", () => {
  const hostile = new Error("x");
  Object.defineProperty(hostile, "message", {
    get: () => {
      throw new Error("no");
    },
  });
  assert.equal(toTaskError(hostile).type, "builtIn");
  const no = () => assert.fail("no");
  assert.equal(toTaskError(new Proxy({}, { get: no })).type, "custom");
  assert.equal(toTaskError(new Proxy(new Error("x"), { get: no, getPrototypeOf: no })).type, "custom");
});
