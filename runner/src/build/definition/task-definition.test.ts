import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { hookOptions } from "@baton/proto/contract/hook-names";
import { builtInRetryPolicy } from "@baton/proto/contract/retry";
import { describeValue } from "./describe-value.ts";
import { type DefinitionContext, readDefinition } from "./task-definition.ts";

const plain: DefinitionContext = {
  defaults: { retry: builtInRetryPolicy },
  environment: "PRODUCTION",
  retriesEnabledInDev: true,
};

function read(options: object, context: DefinitionContext = plain, hasParser = false) {
  const described = describeValue(options) as Record<string, unknown>;
  return readDefinition({ id: "t", filePath: "trigger/t.ts", exportName: "t", options: described, hasParser }, context);
}

describe("a task's definition", () => {
  test("a plain task has three attempts, small-1x and a queue of its own", () => {
    assert.deepEqual(read({ run() {} }), {
      definition: {
        id: "t",
        filePath: "trigger/t.ts",
        exportName: "t",
        queue: "task/t",
        machine: "small-1x",
        retry: { maxAttempts: 3, factor: 2, minTimeoutMs: 1_000, maxTimeoutMs: 60_000, randomize: true },
      },
      issues: [],
      warnings: [],
    });
  });

  for (const [machine, expected] of [
    ["micro", "micro"],
    [{ preset: "large-1x" }, "large-1x"],
    [{ cpu: 2, memory: 2 }, "medium-2x"],
    [{ cpu: 0.25, memory: 0.25 }, "micro"],
    [{ cpu: 4, memory: 1 }, "large-1x"],
    [{ cpu: 4 }, "small-1x"],
    [undefined, "medium-1x"],
  ] as const) {
    test(`machine ${JSON.stringify(machine)} is ${expected}`, () => {
      const context: DefinitionContext = { ...plain, defaults: { retry: builtInRetryPolicy, machine: "medium-1x" } };
      const { definition, issues } = read({ machine }, context);
      assert.deepEqual([definition.machine, issues], [expected, []]);
    });
  }

  for (const [options, path] of [
    [{ machine: "huge" }, "machine"],
    [{ machine: {} }, "machine"],
    [{ machine: { cpu: 3, memory: 1 } }, "machine.cpu"],
    [{ machine: { preset: 7 } }, "machine"],
    [{ maxDuration: 0 }, "maxDuration"],
    [{ maxDuration: Number.POSITIVE_INFINITY }, "maxDuration"],
    [{ maxDuration: "10" }, "maxDuration"],
    [{ ttl: "soon" }, "ttl"],
    [{ ttl: 1.5 }, "ttl"],
    [{ description: 1 }, "description"],
    [{ queue: "name" }, "queue"],
    [{ queue: { name: 1 } }, "queue.name"],
    [{ queue: { concurrencyLimit: -1 } }, "queue.concurrencyLimit"],
    [{ queue: { concurrencyLimit: 100_001 } }, "queue.concurrencyLimit"],
    [{ retry: 3 }, "retry"],
    [{ retry: { maxAttempts: 1.5 } }, "retry.maxAttempts"],
    [{ retry: { minTimeoutInMs: -1 } }, "retry.minTimeoutInMs"],
    [{ retry: { randomize: 1 } }, "retry.randomize"],
    [{ retry: { outOfMemory: { machine: "huge" } } }, "retry.outOfMemory.machine"],
    [{ jsonSchema: () => {} }, "jsonSchema"],
  ] as const) {
    test(`${JSON.stringify(describeValue(options))} is refused at ${path}`, () => {
      assert.deepEqual(
        read(options).issues.map((issue) => [issue.path, issue.code]),
        [[path, "TASK_METADATA_INVALID"]],
      );
    });
  }

  for (const name of hookOptions) {
    test(`${name} is a function`, () => {
      assert.deepEqual(read({ [name]: () => {} }).issues, []);
      assert.deepEqual(
        read({ [name]: "x" }).issues.map((issue) => [issue.path, issue.reason]),
        [[name, 'expected a function, got "x"']],
      );
    });
  }

  test("both names of one hook are an error of the definition", () => {
    const { issues } = read({ handleError() {}, catchError() {} });
    assert.deepEqual(
      issues.map(({ path, code }) => [path, code]),
      [["catchError", "TASK_METADATA_INVALID"]],
    );
  });

  test("a schema belongs to schemaTask; in task() it would check nothing and is refused", () => {
    assert.deepEqual(
      read({ schema: {} }).issues.map(({ path }) => path),
      ["schema"],
    );
    assert.deepEqual(read({ schema: () => {} }, plain, true).issues, []);
  });

  test("a schedule is refused until there are schedules, never ignored", () => {
    assert.deepEqual(
      read({ cron: "* * * * *" }).issues.map(({ path, code }) => [path, code]),
      [["cron", "OPTION_NOT_SUPPORTED"]],
    );
  });

  test("pinVersions of the configuration goes into every definition", () => {
    const context: DefinitionContext = { ...plain, defaults: { retry: builtInRetryPolicy, pinVersions: true } };
    assert.deepEqual([read({}).definition.pinVersion, read({}, context).definition.pinVersion], [undefined, true]);
  });

  test("every problem is told at once", () => {
    assert.equal(read({ machine: "huge", ttl: -1, retry: { factor: 0, maxTimeoutInMs: "x" } }).issues.length, 4);
  });

  test("unknown options only warn", () => {
    const { issues, warnings } = read({ colour: 1, retry: { tries: 2 }, queue: { nam: "x" } });
    assert.deepEqual([issues.length, warnings.length], [0, 3]);
  });

  test("retry of the task replaces that of the configuration as a whole", () => {
    const context = { ...plain, defaults: { retry: { ...builtInRetryPolicy, factor: 7, maxAttempts: 9 } } };
    assert.equal(read({ retry: { maxAttempts: 5 } }, context).definition.retry.factor, 2);
    assert.equal(read({}, context).definition.retry.maxAttempts, 9);
    assert.equal(read({ retry: { maxAttempts: -2 } }).definition.retry.maxAttempts, 1);
  });

  test("without retries in development there is one attempt there", () => {
    const context: DefinitionContext = { ...plain, environment: "DEVELOPMENT", retriesEnabledInDev: false };
    assert.equal(read({ retry: { maxAttempts: 5 } }, context).definition.retry.maxAttempts, 1);
    assert.equal(read({}, { ...context, environment: "PRODUCTION" }).definition.retry.maxAttempts, 3);
  });

  test("maxDuration and ttl of the configuration can be switched off", () => {
    const context: DefinitionContext = {
      ...plain,
      defaults: { retry: builtInRetryPolicy, maxDuration: 5_000, ttlMs: 9_000 },
    };
    const kept = read({}, context).definition;
    const off = read({ maxDuration: 2_147_483_647, ttl: 0 }, context).definition;
    assert.deepEqual([kept.maxDurationMs, kept.ttlMs], [5_000, 9_000]);
    assert.deepEqual([off.maxDurationMs, off.ttlMs], [undefined, undefined]);
  });

  test("in development a run expires after ten minutes in the queue unless its task says otherwise", () => {
    const context: DefinitionContext = { ...plain, environment: "DEVELOPMENT" };
    assert.equal(read({}, context).definition.ttlMs, 600_000);
    assert.equal(read({ ttl: "0s" }, context).definition.ttlMs, undefined);
    assert.equal(read({ ttl: "1h" }, context).definition.ttlMs, 3_600_000);
  });

  test("names of custom queues are cleaned; nothing left means the task's own queue", () => {
    assert.equal(read({ queue: { name: "a b!/c_d-e" } }).definition.queue, "ab/c_d-e");
    assert.equal(read({ queue: { name: "?!" } }).definition.queue, "task/t");
    assert.equal(read({ queue: { name: "x".repeat(200) } }).definition.queue.length, 128);
    assert.equal(read({ queue: { concurrencyLimit: null } }).definition.concurrencyLimit, undefined);
  });
});
