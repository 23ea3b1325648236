import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { BadRequestError } from "../client/errors.ts";
import { type TriggerOptions, triggerOptionsToWire } from "./trigger-options.ts";

describe("triggerOptionsToWire", () => {
  test("translates every supported option", () => {
    const wire = triggerOptionsToWire({
      delay: new Date("2030-01-01T00:00:00Z"),
      idempotencyKey: ["a", "b"],
      idempotencyKeyTTL: "24h",
      tags: [" ", "x", "x", "y"],
      priority: -1.5,
      machine: "small-2x",
      maxDuration: 0.25,
      maxAttempts: -3,
      requireRegistered: true,
    });
    assert.deepEqual(wire, {
      delay: "2030-01-01T00:00:00.000Z",
      idempotencyKey: "a-b",
      idempotencyKeyTtl: "24h",
      tags: ["x", "y"],
      priority: -1.5,
      machine: "small-2x",
      maxDuration: { seconds: 0, nanos: 250_000_000 },
      maxAttempts: 1,
      requireRegistered: true,
    });
  });

  test("takes nothing as nothing and an undefined option as absent", () => {
    assert.deepEqual(triggerOptionsToWire(), {});
    assert.deepEqual(triggerOptionsToWire({ tags: undefined } as unknown as TriggerOptions), {});
  });

  test("lowers a maxDuration above the largest one to it", () => {
    assert.deepEqual(triggerOptionsToWire({ maxDuration: 1e12 }).maxDuration, { seconds: 2_147_483_647, nanos: 0 });
  });

  test("sends whole surrogate pairs as they are", () => {
    assert.deepEqual(triggerOptionsToWire({ idempotencyKey: ["😀", "é"], tags: "👩‍👩‍👧" }), {
      idempotencyKey: "😀-é",
      tags: ["👩‍👩‍👧"],
    });
  });

  const invalid: readonly [string, unknown][] = [
    ["delay", ""],
    ["delay", 5],
    ["delay", new Date(Number.NaN)],
    ["idempotencyKey", ""],
    ["idempotencyKey", []],
    ["idempotencyKey", 7],
    ["idempotencyKey", "x".repeat(2049)],
    ["idempotencyKeyTTL", 5],
    ["tags", [1]],
    ["idempotencyKey", "order-\ud83d"],
    ["idempotencyKey", ["order", "\ude00"]],
    ["idempotencyKeyTTL", "1h\ud800"],
    ["tags", "\udfff"],
    ["tags", ["fine", "😀".slice(0, 1)]],
    ["machine", "small\ud800"],
    ["delay", "\ud800"],
    ["priority", Number.NaN],
    ["priority", "1"],
    ["machine", { preset: "small-1x" }],
    ["maxDuration", -1],
    ["maxDuration", Infinity],
    ["maxAttempts", 1.5],
    ["requireRegistered", "yes"],
    ["prority", 1],
  ];
  for (const [name, value] of invalid) {
    test(`refuses ${name}: ${String(value).slice(0, 20)} with OPTION_INVALID and its field`, () => {
      assert.throws(() => triggerOptionsToWire({ [name]: value }), {
        name: "TriggerApiError",
        code: "OPTION_INVALID",
        status: 400,
        field: `options.${name}`,
      });
    });
  }

  for (const name of ["ttl", "queue", "concurrencyKey", "metadata", "debounce", "version", "region"]) {
    test(`refuses the known option ${name} with OPTION_NOT_SUPPORTED`, () => {
      assert.throws(
        () => triggerOptionsToWire({ [name]: "x" } as TriggerOptions),
        (error) => error instanceof BadRequestError && error.code === "OPTION_NOT_SUPPORTED",
      );
    });
  }
});
