import assert from "node:assert/strict";
import { afterEach, describe, test } from "node:test";
import { type BatonRuntime, runtimeKey, type TaskRecord, taskKey } from "../attempt/runtime.ts";
import { task } from "./task.ts";

type Global = { [runtimeKey]?: BatonRuntime };

describe("task", () => {
  afterEach(() => {
    delete (globalThis as Global)[runtimeKey];
  });

  test("throws a TypeError at once for no object, an id that is no string, and a run that is no function", () => {
    const define = task as (definition: unknown) => unknown;
    assert.throws(() => define(undefined), TypeError);
    assert.throws(() => define({ id: 5, run: () => 1 }), TypeError);
    assert.throws(() => define({ id: "a", run: "b" }), TypeError);
  });

  test("carries its definition under the brand, hooks and unknown options included", () => {
    const onStart = () => undefined;
    const run = () => 1;
    const defined = task(Object.assign({ id: "a", run, retry: { maxAttempts: 2 } }, { onStart, color: "red" }));
    const record = (defined as unknown as { [taskKey]: TaskRecord })[Symbol.for("baton.task.v1") as typeof taskKey];
    assert.equal(record.id, "a");
    assert.equal(record.run, run);
    assert.deepEqual(record.options, { retry: { maxAttempts: 2 }, onStart, color: "red" });
  });

  test("keeps its definition when other code tries to replace it", () => {
    const defined = task({ id: "a", run: () => 1 }) as unknown as { [taskKey]: unknown };
    assert.throws(() => {
      defined[taskKey] = { id: "a", run: () => 2 };
    }, TypeError);
  });

  test("tells the runtime of its thread about the task", () => {
    const told: object[] = [];
    (globalThis as Global)[runtimeKey] = {
      protocol: 1,
      taskDefined: (defined) => told.push(defined),
      currentAttempt: () => undefined,
    };
    const defined = task({ id: "a", run: () => 1 });
    assert.deepEqual(told, [defined]);
  });

  test("refuses to trigger while task files load", async () => {
    (globalThis as Global)[runtimeKey] = {
      protocol: 1,
      taskDefined: () => undefined,
      currentAttempt: () => undefined,
    };
    await assert.rejects(task({ id: "a", run: () => 1 }).trigger(), { code: "NO_ATTEMPT", status: 403 });
  });
});
