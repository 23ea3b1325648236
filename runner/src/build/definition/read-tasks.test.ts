import assert from "node:assert/strict";
import { test } from "node:test";
import { builtInRetryPolicy } from "@baton/proto/contract/retry";
import { readTasks } from "./read-tasks.ts";

const context = {
  defaults: { retry: builtInRetryPolicy },
  environment: "PRODUCTION",
  retriesEnabledInDev: true,
} as const;

function exported(id: string, filePath: string, options: Readonly<Record<string, unknown>> = {}) {
  return { id, filePath, exportName: "task", options, hasParser: false };
}

test("two declarations of one queue with different limits are refused, naming both", () => {
  const { errors } = readTasks(
    [
      exported("a", "a.ts", { queue: { name: "shared", concurrencyLimit: 1 } }),
      exported("b", "b.ts", { queue: { name: "shared", concurrencyLimit: 2 } }),
      exported("c", "c.ts", { queue: { name: "shared" } }),
    ],
    context,
  );
  assert.equal(errors.length, 1);
  assert.match(
    errors[0]?.message ?? "",
    /b\.ts: task "b": queue\.concurrencyLimit: .*limit 1 in task "a" \(a\.ts\) and 2/,
  );
});

test("one id in two places of one file is a duplicate as well", () => {
  const { errors } = readTasks([exported("a", "a.ts"), exported("a", "a.ts")], context);
  assert.match(errors[0]?.message ?? "", /"a" is defined in a\.ts and a\.ts/);
});

test("definitions come sorted by id", () => {
  const { definitions } = readTasks([exported("b", "a.ts"), exported("a", "b.ts")], context);
  assert.deepEqual(
    definitions.map(({ id }) => id),
    ["a", "b"],
  );
});
