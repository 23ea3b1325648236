import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { TriggerItem__Output, TriggerOptions__Output } from "@baton/proto";
import { definition } from "../../core/life/run.test.support.ts";
import { InvalidRequestError, TaskNotRegisteredError } from "../../errors.ts";
import { parseTriggerItem, type TriggerChecks } from "./trigger-request.ts";

const now = Date.UTC(2026, 0, 1);
const checks: TriggerChecks = {
  maxPayloadBytes: 1024,
  wallNow: now,
  tasks: {
    isRegistered: (id) => id === "hello-world",
    list: () =>
      ["hello-world", "resize", "hello-word"].map((id) => ({
        definition: definition({ id }),
        version: "20260101.1",
        registeredAt: now,
        runnerCount: 0,
      })),
  },
};

function item(
  options: Partial<TriggerOptions__Output> = {},
  rest: Partial<TriggerItem__Output> = {},
): TriggerItem__Output {
  return {
    taskId: "hello-world",
    payload: "",
    runId: "",
    parentRunId: "",
    parentAttemptId: "",
    payloadTypes: "",
    options: {
      delay: "",
      idempotencyKey: "",
      idempotencyKeyTtl: "",
      tags: [],
      priority: 0,
      machine: "",
      maxDuration: null,
      requireRegistered: false,
      isTest: false,
      ...options,
    },
    ...rest,
  };
}

function refusal(bad: TriggerItem__Output): string {
  try {
    parseTriggerItem(bad, "item.", checks);
  } catch (error) {
    if (error instanceof InvalidRequestError) return `${error.code} ${error.field}`;
    throw error;
  }
  return "accepted";
}

describe("a trigger request", () => {
  test("gets a run id when it has none, and later ids sort later", () => {
    const first = parseTriggerItem(item(), "", checks).runId;
    const later = parseTriggerItem(item(), "", { ...checks, wallNow: now + 1 }).runId;
    assert.match(first, /^run_[a-z0-9]{8,64}$/);
    assert.ok(first < later);
  });

  test("is refused with the code and the field at fault", () => {
    const table: readonly (readonly [string, TriggerItem__Output])[] = [
      ["OPTION_INVALID item.task_id", item({}, { taskId: "" })],
      ["OPTION_INVALID item.task_id", item({}, { taskId: "no spaces" })],
      ["OPTION_INVALID item.run_id", item({}, { runId: "run_short" })],
      ["PAYLOAD_NOT_JSON item.payload", item({}, { payload: "{bad" })],
      ["PAYLOAD_TOO_LARGE item.payload", item({}, { payload: JSON.stringify("x".repeat(1024)) })],
      ["PAYLOAD_TOO_LARGE item.payload", item({}, { payload: JSON.stringify("é".repeat(600)) })],
      ["PAYLOAD_TOO_LARGE item.payload", item({}, { payload: '"x"', payloadTypes: JSON.stringify("x".repeat(1024)) })],
      ["PAYLOAD_TYPES_INVALID item.payload_types", item({}, { payload: "", payloadTypes: '"Date"' })],
      ["PAYLOAD_TYPES_INVALID item.payload_types", item({}, { payload: "1", payloadTypes: "Date" })],
      ["PAYLOAD_TYPES_INVALID item.payload_types", item({}, { payload: "1", payloadTypes: "7" })],
      ["PAYLOAD_TYPES_INVALID item.payload_types", item({}, { payload: "1", payloadTypes: "{" })],
      ["OPTION_INVALID item.options.delay", item({ delay: "soon" })],
      ["OPTION_INVALID item.options.delay", item({ delay: "1.5h" })],
      ["OPTION_INVALID item.options.delay", item({ delay: `${"9".repeat(90)}w` })],
      ["OPTION_INVALID item.options.idempotency_key", item({ idempotencyKey: "k".repeat(2049) })],
      ["OPTION_INVALID item.options.idempotency_key", item({ idempotencyKey: "order-\ufffd" })],
      ["OPTION_INVALID item.options.tags", item({ tags: ["fine", "\ufffd"] })],
      ["OPTION_INVALID item.options.idempotency_key_ttl", item({ idempotencyKeyTtl: "7w" })],
      ["OPTION_INVALID item.options.tags", item({ tags: Array.from({ length: 11 }, (_, i) => `t${i}`) })],
      ["OPTION_INVALID item.options.tags", item({ tags: ["x".repeat(129)] })],
      ["OPTION_INVALID item.options.priority", item({ priority: Number.NaN })],
      ["MACHINE_UNKNOWN item.options.machine", item({ machine: "huge" })],
      ["OPTION_INVALID item.options.max_duration", item({ maxDuration: { seconds: -1, nanos: 0 } })],
      ["OPTION_INVALID item.parent_attempt_id", item({}, { parentRunId: "run_aaaaaaaa" })],
    ];
    for (const [expected, bad] of table) assert.equal(refusal(bad), expected);
  });

  test("takes a delay as a duration or as a date", () => {
    assert.equal(parseTriggerItem(item({ delay: "1h30m" }), "", checks).delayUntil, now + 5_400_000);
    assert.equal(parseTriggerItem(item({ delay: "2025-12-31T00:00:00Z" }), "", checks).delayUntil, now - 86_400_000);
  });

  test("drops blank tags and merges equal ones before it counts", () => {
    const tags = ["a", " ", "a", ...Array.from({ length: 9 }, (_, i) => `t${i}`)];
    assert.equal(parseTriggerItem(item({ tags }), "", checks).tags.length, 10);
  });

  test("clamps the priority", () => {
    assert.equal(parseTriggerItem(item({ priority: 1e12 }), "", checks).priorityMs, 2_147_483_647);
    assert.equal(parseTriggerItem(item({ priority: -1.5 }), "", checks).priorityMs, -1_500);
  });

  test("leaves maxDuration to the task when it is absent or zero, and has a value for no limit", () => {
    const parsed = (seconds: number) =>
      parseTriggerItem(item({ maxDuration: { seconds, nanos: 0 } }), "", checks).maxDurationMs;
    assert.equal(parsed(0), undefined);
    assert.equal(parsed(2_147_483_647), 0);
    assert.equal(parsed(5), 5_000);
  });

  test("counts less than one attempt as one", () => {
    assert.equal(parseTriggerItem(item({ maxAttempts: -3 }), "", checks).maxAttempts, 1);
    assert.equal(parseTriggerItem(item(), "", checks).maxAttempts, undefined);
  });

  test("that needs a registered task names the nearest ones", () => {
    const bad = item({ requireRegistered: true }, { taskId: "helo-world" });
    assert.throws(
      () => parseTriggerItem(bad, "", checks),
      (error) => error instanceof TaskNotRegisteredError && error.nearestTaskIds[0] === "hello-world",
    );
    assert.equal(parseTriggerItem(item({ requireRegistered: true }), "", checks).taskId, "hello-world");
  });
});
