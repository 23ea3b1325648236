import assert from "node:assert/strict";
import { test } from "node:test";
import { type RegisterVersionRequest, services } from "@baton/proto";
import { longestRetryDelayMs } from "@baton/proto/contract/limits";
import {
  maxDescriptionLength,
  maxListedTextLength,
  registeredTasksToWire,
  taskDefinitionFromWire,
} from "./convert-task.ts";

const { RegisterVersion } = services.runner;

type WireTask = NonNullable<RegisterVersionRequest["tasks"]>[number];

const second = { seconds: 1, nanos: 0 };
const retry = { maxAttempts: 3, factor: 2, minTimeout: second, maxTimeout: second };
const wire: WireTask = { id: "a", filePath: "a.ts", exportName: "a", queue: "task/a", machine: "micro", retry };

function parse(more: Partial<WireTask>) {
  const request = RegisterVersion.requestDeserialize(
    RegisterVersion.requestSerialize({ tasks: [{ ...wire, ...more }] }),
  );
  const [task] = request.tasks;
  assert.ok(task);
  return taskDefinitionFromWire(task, "task");
}

test("long descriptions and schemas are refused, because they are kept in memory with their version", () => {
  assert.throws(() => parse({ description: "d".repeat(maxDescriptionLength + 1) }), { code: "OPTION_INVALID" });
  assert.throws(() => parse({ jsonSchema: `"${"s".repeat(1024 * 1024)}"` }), { code: "OPTION_INVALID" });
});

test("no policy waits for more than a hundred years", () => {
  const forever = { seconds: Number.MAX_SAFE_INTEGER, nanos: 0 };
  const { retry: policy } = parse({ retry: { ...retry, minTimeout: forever, maxTimeout: forever } });
  assert.deepEqual([policy.minTimeoutMs, policy.maxTimeoutMs], [longestRetryDelayMs, longestRetryDelayMs]);
});

test("a list of more texts than an answer may hold has the tasks without them", () => {
  const definition = parse({ description: "d".repeat(maxDescriptionLength) });
  const task = { definition, version: "20260101.1", registeredAt: 0, runnerCount: 0 };
  assert.equal(registeredTasksToWire([task])[0]?.definition?.description?.length, maxDescriptionLength);
  const count = maxListedTextLength / maxDescriptionLength + 1;
  const listed = registeredTasksToWire(Array.from({ length: count }, () => task));
  assert.equal(listed.length, count);
  assert.ok(listed.every((one) => one.definition?.description === ""));
});
