import assert from "node:assert/strict";
import { afterEach, describe, test } from "node:test";
import { logger } from "./logger.ts";
import { type BatonRuntime, runtimeKey } from "./runtime.ts";

type Global = { [runtimeKey]?: BatonRuntime };

describe("logger", () => {
  afterEach(() => {
    delete (globalThis as Global)[runtimeKey];
  });

  test("prints on the console outside a task", (t) => {
    const warn = t.mock.method(console, "warn", () => undefined);
    logger.warn("careful", { a: 1 });
    logger.warn("plain");
    assert.deepEqual(
      warn.mock.calls.map((call) => call.arguments),
      [["careful", { a: 1 }], ["plain"]],
    );
  });

  test("stores through the runtime inside a task, and takes properties that are not JSON", () => {
    const lines: unknown[][] = [];
    const attempt = {
      ctx: {},
      signal: new AbortController().signal,
      call: async () => ({}),
      log: (...line: unknown[]) => void lines.push(line),
    };
    (globalThis as Global)[runtimeKey] = { protocol: 1, taskDefined: () => undefined, currentAttempt: () => attempt };
    logger.info("done", { rows: 5, at: new Date(0) });
    logger.error("plain");
    logger.debug("odd", { n: 1n });
    assert.deepEqual(lines[0], ["info", "done", '{"rows":5,"at":"1970-01-01T00:00:00.000Z"}']);
    assert.deepEqual(lines[1], ["error", "plain", undefined]);
    assert.deepEqual(lines[2], ["debug", "odd", '{"n":"1"}']);
  });

  test("traces how long a function takes and how it fails, and settles as it does", async (t) => {
    const info = t.mock.method(console, "info", () => undefined);
    const error = t.mock.method(console, "error", () => undefined);
    assert.equal(await logger.trace("count", () => 5, { attributes: { rows: 2 } }), 5);
    await assert.rejects(
      logger.trace("fail", async () => Promise.reject(new TypeError("no rows"))),
      TypeError,
    );
    const [name, properties] = (info.mock.calls[0]?.arguments ?? []) as [string, Record<string, unknown>];
    assert.deepEqual([name, properties.rows, typeof properties.durationMs], ["count", 2, "number"]);
    const [failed, reasons] = (error.mock.calls[0]?.arguments ?? []) as [string, Record<string, unknown>];
    assert.deepEqual([failed, reasons.error], ["fail", new TypeError("no rows")]);
  });
});
