import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeLogProperties } from "./log-properties.ts";

const read = (properties: unknown) => JSON.parse(encodeLogProperties(properties) ?? "null");

test("plain JSON is what JSON.stringify makes of it", () => {
  const plain = {
    text: 'a\u2028"',
    n: -1.5,
    yes: true,
    none: null,
    gone: undefined,
    list: [1, [2]],
    nested: { a: {} },
  };
  assert.equal(encodeLogProperties(plain), JSON.stringify(plain));
  assert.equal(
    encodeLogProperties({ at: new Date(0), url: new URL("http://a/") }),
    '{"at":"1970-01-01T00:00:00.000Z","url":"http://a/"}',
  );
  assert.equal(encodeLogProperties(undefined), undefined);
});

test("an error shows name, message and stack, its cause and its own members", () => {
  class HttpError extends Error {
    override readonly name = "HttpError";
    readonly status = 503;
  }
  const error = new HttpError("no answer", { cause: new TypeError("closed") });
  const { error: shown } = read({ error });
  assert.deepEqual(
    [shown.name, shown.message, shown.status, shown.stack],
    ["HttpError", "no answer", 503, error.stack?.replace(/^Error: /, "HttpError: ")],
  );
  assert.deepEqual([shown.cause.name, shown.cause.message], ["TypeError", "closed"]);
  assert.equal(read(error).message, "no answer");
  class NotFound extends Error {}
  const notFound = read(new NotFound("no"));
  assert.equal(notFound.name, "NotFound");
  assert.match(notFound.stack, /^NotFound: no\n/);
  const both = read({ error: new AggregateError([new Error("one"), "two"], "both") }).error;
  assert.deepEqual([both.message, both.errors[0].message, both.errors[1]], ["both", "one", "two"]);
});

test("the stack of an error is what is to be shown of it, also within others", () => {
  const cause = Object.assign(new Error("closed"), { stack: "closed\n    at own" });
  const error = Object.assign(new Error("no answer", { cause }), { stack: "no answer\n    at own" });
  const text = encodeLogProperties({ error }, (stack) => stack.replace("\n    at own", ""));
  const { error: shown } = JSON.parse(text ?? "");
  assert.deepEqual([shown.stack, shown.cause.stack], ["no answer", "closed"]);
});

test("one member that cannot be stored never loses the others", () => {
  const circular: Record<string, unknown> = { a: 1 };
  circular.self = circular;
  const properties = {
    before: 1,
    big: 10n,
    fn: function work() {},
    symbol: Symbol("s"),
    map: new Map([["k", { v: 1 }]]),
    set: new Set([1, "x"]),
    nan: Number.NaN,
    bytes: new Uint8Array(3),
    bad: new Date(Number.NaN),
    circular,
    get thrown() {
      throw new Error("not now");
    },
    unreadable: new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error("no keys");
        },
      },
    ),
    toJson: {
      toJSON: () => {
        throw new Error("no JSON");
      },
    },
    after: 2,
  };
  assert.deepEqual(read(properties), {
    before: 1,
    big: "10",
    fn: "[function work]",
    symbol: "Symbol(s)",
    map: [["k", { v: 1 }]],
    set: [1, "x"],
    nan: "NaN",
    bytes: "[Uint8Array of 3 bytes]",
    bad: "Invalid Date",
    circular: { a: 1, self: "[circular]" },
    thrown: "[cannot be read: not now]",
    unreadable: "[cannot be read: no keys]",
    toJson: "[cannot be read: no JSON]",
    after: 2,
  });
});

test("what is too large or too deep is cut, and the rest stays", () => {
  const large = read({ text: "x".repeat(100_000), after: 1, more: 2 });
  assert.equal(large.text.length, 64 * 1024 + "… (cut)".length - "".length);
  assert.equal(large["…"], "2 members are left out");
  let deep: object = {};
  for (let level = 0; level < 10_000; level += 1) deep = { deep };
  assert.match(JSON.stringify(read({ before: 1, deep })), /nested too deeply/);
  assert.match(read({ list: Array.from({ length: 100_000 }, (_, at) => at) }).list.at(-1), /^… \d+ more$/);
});
