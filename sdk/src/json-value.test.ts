import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { encodeJson, JsonValueError } from "./json-value.ts";

describe("encodeJson", () => {
  const date = new Date("2026-01-02T03:04:05.006Z");
  class Point {
    x = 1;
    #hidden = 2;
    get sum() {
      return this.x + this.#hidden;
    }
  }
  const likeStringify: readonly unknown[] = [
    "text \u2028 \ud800 \u0000",
    0,
    -0,
    1.5e300,
    true,
    null,
    [],
    {},
    [1, undefined, [null]],
    { a: undefined, b: { "c d": [false] }, "": 1 },
    date,
    { at: date, list: [date] },
    new Point(),
    Object.create(null),
    new Number(3),
    new String("s"),
    Object(false),
    Buffer.from("ab"),
    new Uint8Array([1, 2]),
    { toJSON: () => undefined },
    { inner: { toJSON: (key: string) => key } },
    [{ toJSON: () => ({ nested: date }) }],
    new URL("http://localhost/x"),
    Promise.resolve(1),
  ];
  for (const [index, value] of likeStringify.entries()) {
    test(`writes what JSON.stringify writes (${index})`, () => {
      assert.equal(encodeJson(value), JSON.stringify(value));
    });
  }

  test("gives nothing for undefined and drops undefined members, but keeps array positions", () => {
    assert.equal(encodeJson(undefined), undefined);
    assert.equal(encodeJson({ a: undefined, b: [undefined] }), '{"b":[null]}');
  });

  test("stores numbers that are not finite as null and tells where they were", () => {
    const paths: string[] = [];
    const text = encodeJson({ a: [1, Number.NaN], "b c": -Infinity }, { onNonFinite: (path) => paths.push(path) });
    assert.equal(text, '{"a":[1,null],"b c":null}');
    assert.deepEqual(paths, ["$.a[1]", '$["b c"]']);
  });

  test("accepts the same object twice when it does not contain itself", () => {
    const shared = { x: 1 };
    assert.equal(encodeJson([shared, shared]), '[{"x":1},{"x":1}]');
  });

  const circular: { self?: unknown } = {};
  circular.self = [circular];
  const refused: readonly [string, unknown, string, RegExp][] = [
    ["a bigint", { a: { b: 1n } }, "$.a.b", /bigint/],
    ["a boxed bigint", [Object(1n)], "$[0]", /bigint/],
    ["a function", [() => 1], "$[0]", /function/],
    ["a method", { "to do": Math.max }, '$["to do"]', /function/],
    ["a symbol", Symbol("s"), "$", /symbol/],
    ["a Map", { m: new Map() }, "$.m", /Map/],
    ["a Set", new Set([1]), "$", /Set/],
    ["a Map that toJSON gave", { m: { toJSON: () => new Map() } }, "$.m", /Map/],
    ["a circular reference", circular, "$.self[0]", /circular/],
  ];
  for (const [name, value, path, message] of refused) {
    test(`refuses ${name} and names its path`, () => {
      assert.throws(
        () => encodeJson(value),
        (error) => {
          assert.ok(error instanceof JsonValueError);
          assert.equal(error.path, path);
          assert.match(error.message, message);
          assert.ok(error.message.includes(path));
          return true;
        },
      );
    });
  }

  test("refuses an object whose toJSON throws and keeps the cause", () => {
    const cause = new Error("no");
    const value = {
      deep: [
        {
          toJSON() {
            throw cause;
          },
        },
      ],
    };
    assert.throws(
      () => encodeJson(value),
      (error) => error instanceof JsonValueError && error.path === "$.deep[0]" && error.cause === cause,
    );
  });

  test("refuses a value nested too deeply instead of ending the process", () => {
    let value: unknown = 1;
    for (let depth = 0; depth < 100_000; depth++) value = [value];
    assert.throws(() => encodeJson(value), /nested too deeply/);
  });
});
