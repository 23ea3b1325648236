import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { inspect, isDeepStrictEqual } from "node:util";
import { runInNewContext } from "node:vm";
import { decodeValue, ValueTypesError } from "./decode-value.ts";
import { encodeJson, encodeValue } from "./encode-value.ts";
import { UnstorableValueError } from "./unstorable-value-error.ts";

function roundTrip(value: unknown): unknown {
  const { json, types } = encodeValue(value, "value");
  if (json !== undefined) JSON.parse(json);
  return decodeValue(json ?? "", types);
}

/** Whether two values have the same shape of sharing: where one holds one object twice, so does the other. */
function haveSameSharing(left: unknown, right: unknown): boolean {
  const pairs = new Map<object, object>();
  const walk = (one: unknown, other: unknown): boolean => {
    if (typeof one !== "object" || one === null || typeof other !== "object" || other === null) return true;
    // Dates, URLs, regular expressions and bytes are values.
    if (one instanceof Date || one instanceof RegExp || ArrayBuffer.isView(one)) return true;
    const known = pairs.get(one);
    if (known !== undefined) return known === other;
    pairs.set(one, other);
    const [ones, others] = [one, other].map((value): readonly unknown[] => {
      if (value instanceof Map) return [...value].flat(1);
      if (value instanceof Set) return [...value];
      if (value instanceof Error) return [value.cause];
      const all = value as Record<string, unknown>;
      return Object.keys(all)
        .sort()
        .map((key) => all[key]);
    });
    return ones?.length === others?.length && ones?.every((member, index) => walk(member, others?.[index])) === true;
  };
  return walk(left, right);
}

class Point {
  x = 1;
  y = new Date(5);
}

const cyclic: Record<string, unknown> = { name: "self", list: [] };
cyclic.self = cyclic;
(cyclic.list as unknown[]).push(cyclic, new Map([["me", cyclic]]));
const mapOfItself = new Map<unknown, unknown>();
mapOfItself.set("map", mapOfItself).set(mapOfItself, new Set([mapOfItself]));
const shared = { deep: [1] };
const withProto = JSON.parse('{"__proto__":{"polluted":1},"constructor":"c"}') as Record<string, unknown>;
withProto.at = new Date(7);

const kept: readonly (readonly [string, unknown])[] = [
  ["a Date", new Date("2026-01-02T03:04:05.006Z")],
  ["a Date before the year 0", new Date(-1e14)],
  [
    "a Map",
    new Map<unknown, unknown>([
      ["a", 1],
      [{ key: 1 }, new Date(1)],
      [undefined, undefined],
      [3n, new Map()],
    ]),
  ],
  ["a Set", new Set<unknown>([1, "a", { b: 1 }, new Set([Number.NaN])])],
  ["a bigint", 12345678901234567890n],
  ["a negative bigint", [-1n]],
  ["undefined members and elements", { a: undefined, b: [undefined, 1, { c: undefined }] }],
  ["a RegExp", /a\/"b+/giu],
  ["NaN and infinities", [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]],
  ["minus zero", [-0, { z: -0 }]],
  ["a cycle", cyclic],
  ["a Map that holds itself", mapOfItself],
  ["one object twice", { a: shared, b: { c: shared }, at: new Date(1) }],
  ["keys like indexes, and types beside them", { b: [{}], 2: shared, 1: { x: shared }, "": new Date(3), "-1": 1n }],
  ["members called __proto__", { data: withProto, list: [withProto] }],
  ["bytes", { buffer: Buffer.from("ab\0ÿ"), bytes: new Uint8Array([1, 255]), floats: new Float64Array([0.1, -0]) }],
  ["part of a buffer", new Uint8Array([1, 2, 3, 4]).subarray(1, 3)],
  ["an ArrayBuffer", new Uint16Array([1, 2]).buffer],
  ["an unpaired surrogate", { "\ud800": "\udfff", at: new Date(1) }],
  ["plain JSON", { a: [1, "x", null, true, { b: [] }], c: 1.5e300 }],
  ["text", "text \u2028 \ud800 \u0000"],
  ["null", null],
  ["undefined", undefined],
];

describe("values that come back as they were", () => {
  for (const [name, value] of kept) {
    test(name, () => {
      const revived = roundTrip(value);
      const expected = Buffer.isBuffer((value as { buffer?: unknown } | null)?.buffer) ? value : structuredClone(value);
      assert.ok(isDeepStrictEqual(revived, expected), inspect(revived));
      assert.ok(haveSameSharing(value, revived), "shared otherwise");
    });
  }

  test("an invalid Date", () => {
    const [date] = roundTrip([new Date(Number.NaN)]) as [Date];
    assert.ok(date instanceof Date);
    assert.ok(Number.isNaN(date.getTime()));
  });

  test("a URL", () => {
    const url = roundTrip({ url: new URL("https://user@example.com/a?b=c#d") }) as { url: URL };
    assert.ok(url.url instanceof URL);
    assert.equal(url.url.href, "https://user@example.com/a?b=c#d");
  });

  test("errors of the language with cause, errors, stack and members of their own", () => {
    const cause = new RangeError("inner", { cause: new Date(3) });
    const error = Object.assign(new TypeError("outer", { cause }), { code: "E_X", status: 503, at: new Date(4) });
    const revived = roundTrip({ error }) as { error: typeof error & { cause: RangeError } };
    assert.ok(revived.error instanceof TypeError && revived.error.cause instanceof RangeError);
    assert.deepEqual(revived.error.cause.cause, new Date(3));
    assert.deepEqual(
      [revived.error.message, revived.error.stack, revived.error.code, revived.error.status, revived.error.at],
      ["outer", error.stack, "E_X", 503, new Date(4)],
    );
    assert.deepEqual(Object.keys(revived.error), ["code", "status", "at"]);
    assert.ok(isDeepStrictEqual(revived.error, error));
    const several = roundTrip(new AggregateError([error, new Error("b")], "all")) as AggregateError;
    assert.ok(several instanceof AggregateError);
    assert.deepEqual(several.errors.map(String), ["TypeError: outer", "Error: b"]);
  });

  test("an error of a class of one's own keeps its name, and leaves out what cannot be stored", () => {
    class PaymentError extends Error {
      code = "declined";
      retry = () => 1;
      request = { socket: new WeakMap(), shared };
      again = shared;
    }
    const { error, after } = roundTrip({ error: new PaymentError("no"), after: shared }) as {
      error: PaymentError;
      after: unknown;
    };
    assert.ok(error instanceof Error);
    assert.equal(String(error), "PaymentError: no");
    assert.deepEqual(Object.keys(error), ["code", "again"]);
    assert.equal(error.again, after);
    assert.deepEqual(after, shared);
  });

  test("an error that causes itself", () => {
    const error = new Error("loop");
    error.cause = error;
    const revived = roundTrip([error]) as [Error];
    assert.equal(revived[0].cause, revived[0]);
  });

  test("an aborted signal's reason", () => {
    const revived = roundTrip(new DOMException("stop", "AbortError")) as Error;
    assert.ok(revived instanceof Error);
    assert.equal(String(revived), "AbortError: stop");
  });

  test("values of another realm", () => {
    const foreign = runInNewContext(
      `({ date: new Date(5), map: new Map([[1, new Set([/x/g])]]), error: new RangeError("far"), big: 1n, list: [{}] })`,
    ) as object;
    const revived = roundTrip(foreign) as Record<string, unknown>;
    assert.deepEqual(revived.date, new Date(5));
    assert.deepEqual(revived.map, new Map([[1, new Set([/x/g])]]));
    assert.ok(revived.error instanceof RangeError);
    assert.deepEqual(revived.list, [{}]);
  });

  test("random graphs of every type", () => {
    let state = 1;
    const random = (below: number) => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
      return (state >>> 8) % below;
    };
    const keys = ["a", "b c", "", "0", "7", "__proto__", "toString", "length", "é"];
    for (let round = 0; round < 3_000; round += 1) {
      const made: object[] = [];
      const leaves = [null, true, "x", 1.5, -0, Number.NaN, 2n ** 70n, undefined, new Date(1), /r/g, "", Infinity];
      const leaf = () => leaves[random(leaves.length)];
      const make = (depth: number): unknown => {
        if (made.length > 0 && random(6) === 0) return made[random(made.length)];
        return depth > 4 || random(3) === 0 ? leaf() : makeContainer(random(5), depth);
      };
      const makeContainer = (kind: number, depth: number): object => {
        const size = random(4);
        const container = [{}, [], new Map(), new Set(), new Error(`e${depth}`)][kind] ?? {};
        made.push(container);
        for (let index = 0; index < size; index += 1) {
          if (container instanceof Map) container.set(make(depth + 1), make(depth + 1));
          else if (container instanceof Set) container.add(make(depth + 1));
          else if (Array.isArray(container)) container.push(make(depth + 1));
          // Node.js 20 does not end when it compares errors that cause each other.
          else if (container instanceof Error)
            Object.defineProperty(container, "cause", { value: leaf(), configurable: true });
          else {
            const key = keys[random(keys.length)] ?? "";
            Object.defineProperty(container, key, {
              value: make(depth + 1),
              enumerable: true,
              writable: true,
              configurable: true,
            });
          }
        }
        return container;
      };
      const value = make(0);
      const revived = roundTrip(value);
      assert.ok(
        isDeepStrictEqual(revived, value) && haveSameSharing(value, revived),
        `round ${round}: ${inspect(value)} became ${inspect(revived)}`,
      );
    }
  });
});

describe("the JSON text", () => {
  const same: readonly (readonly [string, unknown])[] = [
    ["plain JSON", { a: [1, "x", null, true], b: { c: 1.5e300 } }],
    ["unpaired surrogates", ["\ud800", "\u2028\u0000"]],
    ["minus zero", -0],
    ["undefined members", { a: undefined, b: { "c d": [false] }, "": 1 }],
    ["undefined elements", [1, undefined, [null]]],
    ["a Date", { at: new Date(5), list: [new Date(6)] }],
    ["an invalid Date", [new Date(Number.NaN)]],
    ["numbers that are not finite", [Number.NaN, -Infinity]],
    ["boxed values", [new Number(3), new String("s"), Object(false)]],
    [
      "toJSON",
      [{ toJSON: () => undefined }, { inner: { toJSON: (key: string) => key } }, { toJSON: () => ({ n: 1 }) }],
    ],
    ["a URL", new URL("http://localhost/x")],
    ["the same object twice", [shared, shared, { again: [shared] }]],
    ["an object without a prototype", Object.assign(Object.create(null) as object, { a: 1 })],
    ["an instance of a class without methods", new Point()],
  ];
  for (const [name, value] of same) {
    test(`is that of JSON.stringify for ${name}`, () => {
      assert.equal(encodeJson(value), JSON.stringify(value));
    });
  }

  test("has pairs for a Map, elements for a Set, text for a bigint, a RegExp and bytes", () => {
    const value = { map: new Map([[{ a: 1 }, 2n]]), set: new Set([1]), exp: /a/g, bytes: Buffer.from("ab") };
    assert.equal(encodeJson(value), '{"map":[[{"a":1},"2"]],"set":[1],"exp":"/a/g","bytes":"YWI="}');
  });

  test("has null for what contains itself", () => {
    const parent = { children: [] as object[] };
    parent.children.push({ parent }, { parent });
    assert.equal(encodeJson(parent), '{"children":[{"parent":null},{"parent":null}]}');
  });

  test("stays short for objects that all know each other", () => {
    const people = Array.from({ length: 200 }, (_, id) => ({ id, friends: [] as object[] }));
    for (const person of people) person.friends.push(...people);
    const { json = "", types = "" } = encodeValue(people, "value");
    assert.ok(json.length + types.length < 2_000_000, `${json.length} and ${types.length}`);
    const revived = decodeValue(json, types) as typeof people;
    assert.ok(revived[7]?.friends[199] === revived[199]);
  });

  test("no types travel beside what JSON says", () => {
    for (const value of [{ a: [1, { b: null }] }, "x", 0, new Point().x, { toJSON: () => 1 }, [], Object(1)]) {
      assert.equal(encodeValue(value, "value").types, undefined);
    }
  });

  test("types name only what is special", () => {
    assert.equal(encodeValue({ a: 1, at: new Date(5) }, "value").types, '{"at":"Date"}');
    assert.equal(encodeValue(new Map([["x", 1n]]), "value").types, '["Map",{"0":{"1":"bigint"}}]');
  });
});

describe("values that are refused", () => {
  class Account {
    balance = 1;
    pay(): void {}
  }
  class Sum {
    get total(): number {
      return 1;
    }
  }
  const throwing = {
    toJSON() {
      throw new Error("no");
    },
  };
  const refused: readonly (readonly [string, unknown, string, RegExp])[] = [
    ["a function", { items: [1, 2, 3, { onDone: () => 1 }] }, "payload.items[3].onDone", /a function/],
    ["a symbol", Symbol("s"), "payload", /a symbol/],
    ["a boxed symbol", [Object(Symbol("s"))], "payload[0]", /a symbol/],
    ["a function in a Map", new Map([["a", Math.max]]), "payload[0][1]", /a function/],
    ["an instance with methods", { "to do": new Account() }, 'payload["to do"]', /an instance of Account/],
    ["an instance with accessors", [new Sum()], "payload[0]", /an instance of Sum/],
    ["a promise", { later: Promise.resolve(1) }, "payload.later", /a promise cannot be stored. Await it/],
    ["a WeakMap", [new WeakMap()], "payload[0]", /WeakMap/],
    ["an object with inherited data", Object.create({ a: 1 }), "payload", /object|instance/],
    ["a method of an object from toJSON", { toJSON: () => ({ f: Math.max }) }, "payload.f", /a function/],
    ["a toJSON that throws", { deep: [throwing] }, "payload.deep[0]", /toJSON throws/],
  ];
  for (const [name, value, path, message] of refused) {
    test(`${name}, with its path`, () => {
      assert.throws(
        () => encodeValue(value, "payload"),
        (error) => {
          assert.ok(error instanceof UnstorableValueError);
          assert.equal(error.path, path);
          assert.match(error.message, message);
          assert.ok(error.message.startsWith(`${path}: `), error.message);
          return true;
        },
      );
    });
  }

  test("values nested too deeply", () => {
    for (const leaf of [1, 1n]) {
      let value: unknown = leaf;
      for (let depth = 0; depth < 100_000; depth += 1) value = [value];
      assert.throws(() => encodeValue(value, "payload"), /nested too deeply/);
    }
  });

  test("objects shared so often that their text would never end", () => {
    let value: unknown[] = [1];
    for (let depth = 0; depth < 60; depth += 1) value = [value, value];
    assert.throws(() => encodeValue(value, "payload"), UnstorableValueError);
  });
});

describe("types from a stranger", () => {
  const bad: readonly (readonly [string, string, string])[] = [
    ["no JSON", "{}", "{"],
    ["a number", "{}", "1"],
    ["null", "{}", "null"],
    ["an unknown type", '"x"', '"Function"'],
    ["an inherited name as a type", '"x"', '"constructor"'],
    ["a place that is not there", "{}", '{"a":"Date"}'],
    ["a member of a prototype", "{}", '{"__proto__":{"toString":"NaN"}}'],
    ["an inherited member", "{}", '{"toString":"NaN"}'],
    ["the length of an array", "[1,2]", '{"length":"-0"}'],
    ["an element beyond the end", "[1]", '{"4294967294":"undefined"}'],
    ["members of a text", '"text"', '{"0":"Date"}'],
    ["a Date that is none", '"soon"', '"Date"'],
    ["a URL that is none", '"x"', '"URL"'],
    ["a bigint that is none", '"1e9"', '"bigint"'],
    ["a RegExp that is none", '"/(/"', '"RegExp"'],
    ["a RegExp without slashes", '"a"', '"RegExp"'],
    ["a Map that is none", "[[1]]", '"Map"'],
    ["a Set that is none", "{}", '"Set"'],
    ["an Error that is none", "[]", '"Error"'],
    ["bytes that do not fit", '"AA=="', '"Float64Array"'],
    ["a reference to nothing", "[1]", '{"0":["ref",9]}'],
    ["a reference without a number", "[1]", '{"0":["ref","a"]}'],
    ["types without a value", "", '"Date"'],
    ["types nested too deeply", "[1]", `${'{"0":'.repeat(200_000)}1${"}".repeat(200_000)}`],
  ];
  for (const [name, json, types] of bad) {
    test(`${name} is refused`, () => {
      assert.throws(() => decodeValue(json, types), ValueTypesError);
      assert.equal((Object.prototype as { polluted?: unknown }).polluted, undefined);
      assert.equal(`${{}}`, "[object Object]");
    });
  }

  test("a member called __proto__ stays data", () => {
    const value = decodeValue("{}", '{"__proto__":"undefined"}') as object;
    assert.equal(Object.getPrototypeOf(value), Object.prototype);
    assert.deepEqual(Object.keys(value), ["__proto__"]);
    const revived = decodeValue('{"__proto__":"5"}', '{"__proto__":"bigint"}') as object;
    assert.equal(Object.getPrototypeOf(revived), Object.prototype);
    assert.deepEqual(Object.entries(revived), [["__proto__", 5n]]);
    const error = decodeValue('{"name":"__proto__","__proto__":{"a":1}}', '"Error"') as object;
    assert.equal(Object.getPrototypeOf(error), Error.prototype);
  });

  test("the work grows with the text", () => {
    const size = 200_000;
    const json = JSON.stringify([[], ...Array.from({ length: size }, () => null)]);
    const types = JSON.stringify(
      Object.fromEntries(Array.from({ length: size }, (_, index) => [index + 1, ["ref", 1]])),
    );
    const startedAt = performance.now();
    const value = decodeValue(json, types) as unknown[];
    assert.ok(performance.now() - startedAt < 5_000);
    assert.equal(value[size], value[0]);
  });
});
