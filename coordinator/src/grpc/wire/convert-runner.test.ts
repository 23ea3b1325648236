import assert from "node:assert/strict";
import { test } from "node:test";
import { type AttachRequest, services } from "@baton/proto";
import { longestRetryDelayMs } from "@baton/proto/contract/limits";
import type { TaskError } from "@baton/proto/contract/task-error";
import { errorLimits } from "./convert-error.ts";
import { reportFromWire } from "./convert-runner.ts";

const { Attach } = services.runner;
const at = { seconds: 1_700_000_000, nanos: 0 };
const key = { runId: "run_a", attemptId: "attempt_a", startTime: at, endTime: at };

type WireReport = NonNullable<AttachRequest["report"]>;

function parse(report: WireReport) {
  const request = Attach.requestDeserialize(Attach.requestSerialize({ report }));
  assert.ok(request.report);
  return reportFromWire(request.report, 1024);
}

test("an output that is not JSON fails its attempt, and is not kept", () => {
  const [reported] = parse({ outcomes: [{ ...key, success: { output: "{not json" } }] }).outcomes;
  const end = reported?.outcome.end;
  assert.equal(end?.type, "failed");
  assert.deepEqual(end?.type === "failed" && end.error, {
    type: "internal",
    code: "TASK_OUTPUT_ERROR",
    message: "The output is not JSON text.",
  });
  assert.equal(reported?.texts, undefined);
});

test("an output that is JSON is kept", () => {
  const [reported] = parse({ outcomes: [{ ...key, success: { output: '{"a":1}' } }] }).outcomes;
  assert.deepEqual(reported?.outcome.end, { type: "succeeded", hasOutput: true });
  assert.deepEqual(reported?.texts, { output: '{"a":1}' });
});

test("a retry that is due in more than a hundred years is refused", () => {
  const retryAfter = { seconds: longestRetryDelayMs / 1_000 + 1, nanos: 0 };
  const failure = { error: { type: "TASK_ERROR_TYPE_STRING", raw: "x" }, retryAfter } as const;
  assert.throws(() => parse({ outcomes: [{ ...key, failure }] }), { code: "PROTOCOL_BROKEN" });
});

function errorOf(error: NonNullable<NonNullable<WireReport["outcomes"]>[number]["failure"]>["error"]): TaskError {
  const failure = { error: error ?? null, finalStatus: "RUN_STATUS_FAILED" } as const;
  const end = parse({ outcomes: [{ ...key, failure }] }).outcomes[0]?.outcome.end;
  assert.ok(end?.type === "failed");
  return end.error;
}

test("what a runner says of an error is cut, so that lists of runs stay small", () => {
  const long = "e".repeat(1024 * 1024);
  const error = errorOf({
    type: "TASK_ERROR_TYPE_BUILT_IN",
    name: long,
    message: long,
    stackTrace: long,
    properties: `"${long}"`,
    cause: { type: "TASK_ERROR_TYPE_STRING", raw: long },
    errors: Array.from({ length: 30 }, () => ({ type: "TASK_ERROR_TYPE_INTERNAL", code: "C", message: long }) as const),
  });
  assert.ok(JSON.stringify(error).length < 2 * errorLimits.text + errorLimits.stack + errorLimits.inner + 1024);
  assert.ok(error.type === "builtIn" && error.message.startsWith("eeee") && error.properties === undefined);
});

test("a long thrown value is still JSON when it is cut", () => {
  const error = errorOf({ type: "TASK_ERROR_TYPE_CUSTOM", raw: JSON.stringify("v".repeat(1024 * 1024)) });
  assert.ok(error.type === "custom" && error.raw.length < errorLimits.text);
  assert.equal((JSON.parse(error.raw) as { truncated: boolean }).truncated, true);
});

test("an error within the limits is kept as it is, with its causes", () => {
  const wire = { type: "TASK_ERROR_TYPE_BUILT_IN", name: "E", message: "m", stackTrace: "s" } as const;
  const plain = { type: "builtIn", name: "E", message: "m", stackTrace: "s" };
  assert.deepEqual(errorOf({ ...wire, properties: "{}", cause: wire, errors: [wire] }), {
    ...plain,
    properties: "{}",
    cause: plain,
    errors: [plain],
  });
});

test("a failed attempt cannot end its run as completed or canceled", () => {
  for (const finalStatus of ["RUN_STATUS_COMPLETED", "RUN_STATUS_CANCELED", "RUN_STATUS_EXPIRED"] as const) {
    const failure = { error: { type: "TASK_ERROR_TYPE_STRING", raw: "x" }, finalStatus } as const;
    assert.throws(() => parse({ outcomes: [{ ...key, failure }] }), { code: "PROTOCOL_BROKEN" });
  }
});
