import assert from "node:assert/strict";
import { test } from "node:test";
import type { TaskError } from "../contract/task-error.ts";
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

function detailed(thrown: unknown): Extract<TaskError, { type: "builtIn" }> {
  const error = toTaskError(thrown);
  assert.ok(error.type === "builtIn");
  return error;
}

test("an error carries its causes, whatever was thrown", () => {
  const root = new RangeError("connection reset", { cause: { port: 5432 } });
  const error = detailed(new Error("query failed", { cause: root }));
  assert.ok(error.cause?.type === "builtIn");
  assert.equal(`${error.cause.name}: ${error.cause.message}`, "RangeError: connection reset");
  assert.match(error.cause.stackTrace, /^RangeError: connection reset/);
  assert.deepEqual(error.cause.cause, { type: "custom", raw: '{"port":5432}' });
  assert.deepEqual(detailed(new Error("x", { cause: "words" })).cause, { type: "string", raw: "words" });
  assert.equal("cause" in detailed(new Error("x", { cause: undefined })), false);
});

test("an AggregateError carries its errors", async () => {
  const thrown = await Promise.any([Promise.reject(new Error("a")), Promise.reject("b")]).catch(
    (error: unknown) => error,
  );
  const error = detailed(thrown);
  assert.equal(error.name, "AggregateError");
  assert.deepEqual(
    error.errors?.map((inner) => (inner.type === "builtIn" ? inner.message : inner)),
    ["a", { type: "string", raw: "b" }],
  );
});

test("an error carries plain members of its own, and no others", () => {
  class HttpError extends Error {
    status = 503;
    headers = { "retry-after": "5" };
    retry = () => 1;
    response = new Map();
    #secret = 1;
    get secret() {
      return this.#secret;
    }
  }
  const { name, properties } = detailed(new HttpError("busy"));
  assert.equal(name, "HttpError");
  assert.deepEqual(JSON.parse(properties ?? ""), { status: 503, headers: { "retry-after": "5" } });
  const { properties: systemError = "" } = detailed(Object.assign(new Error("x"), { code: "ENOENT", errno: -2 }));
  assert.deepEqual(JSON.parse(systemError), { code: "ENOENT", errno: -2 });
  assert.equal(detailed(new Error("x")).properties, undefined);
});

test("the name is the class's where an error has none of its own", () => {
  class PaymentError extends Error {}
  class TooLarge extends RangeError {}
  class Named extends Error {
    override name = "PaymentDeclined";
  }
  class Inherits extends Named {}
  const table: readonly (readonly [Error, string])[] = [
    [new PaymentError("x"), "PaymentError"],
    [new TooLarge("x"), "TooLarge"],
    [new Named("x"), "PaymentDeclined"],
    [new Inherits("x"), "PaymentDeclined"],
    [new TypeError("x"), "TypeError"],
    [Object.assign(new Error("x"), { name: "Own" }), "Own"],
    [new DOMException("x", "AbortError"), "AbortError"],
  ];
  for (const [error, name] of table) {
    const { name: stored, stackTrace } = detailed(error);
    assert.deepEqual([stored, stackTrace.split("\n")[0]], [name, `${name}: ${error.message}`]);
  }
  class Silent extends Error {}
  assert.match(detailed(new Silent()).stackTrace, /^Silent(?:\n|$)/);
  const written = Object.assign(new Silent("x"), { stack: "ErrorOf: x" });
  assert.equal(detailed(written).stackTrace, "ErrorOf: x");
});

test("causes end: a cycle, a long chain, a wide aggregate, large texts", () => {
  const cyclic = new Error("a");
  cyclic.cause = new Error("b", { cause: cyclic });
  const { cause } = detailed(cyclic);
  assert.ok(cause?.type === "builtIn" && cause.message === "b" && cause.cause === undefined);

  let chain = new Error("last");
  for (let depth = 0; depth < 10_000; depth += 1) chain = new Error(`level ${depth}`, { cause: chain });
  const wide = new AggregateError(Array.from({ length: 10_000 }, (_, index) => new Error(`error ${index}`)));
  const large = new Error("x", {
    cause: new Error("y".repeat(1_000_000), { cause: new Error("z".repeat(1_000_000)) }),
  });
  const full = Object.assign(new Error("x"), {
    text: "t".repeat(1_000_000),
    code: "E",
    nested: { deep: "u".repeat(3_000) },
  });
  for (const error of [chain, wide, large, full, new Error("f", { cause: full })]) {
    const { cause, errors, properties } = detailed(error);
    const inner = JSON.stringify({ cause, errors, properties });
    assert.ok(Buffer.byteLength(inner) < 24 * 1024, inner.slice(0, 200));
  }
  assert.ok((detailed(wide).errors?.length ?? 0) <= 20);
  assert.equal(detailed(full).properties, '{"code":"E"}');
});

test("an error whose members throw keeps the others", () => {
  const hostile = Object.assign(new Error("kept"), { code: "E_KEPT" });
  for (const member of ["cause", "errors", "status"]) {
    Object.defineProperty(hostile, member, {
      enumerable: true,
      get: () => {
        throw new Error("no");
      },
    });
  }
  const { message, properties } = detailed(hostile);
  assert.deepEqual([message, properties], ["kept", '{"code":"E_KEPT"}']);
  const noPrototype = new Proxy(new Error("x", { cause: new Proxy({}, { get: () => assert.fail("no") }) }), {
    ownKeys: () => assert.fail("no"),
  });
  assert.equal(toTaskError(noPrototype).type, "builtIn");
});
