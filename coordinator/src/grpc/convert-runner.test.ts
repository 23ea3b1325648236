import assert from "node:assert/strict";
import { test } from "node:test";
import { type AttachRequest, services } from "@baton/proto";
import { maxRetryDelayMs, reportFromWire } from "./convert-runner.ts";

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
  const { outputs, report } = parse({ outcomes: [{ ...key, success: { output: "{not json" } }] });
  const end = report.outcomes[0]?.end;
  assert.equal(end?.type, "failed");
  assert.deepEqual(end?.type === "failed" && end.error, {
    type: "internal",
    code: "TASK_OUTPUT_ERROR",
    message: "The output is not JSON text.",
  });
  assert.equal(outputs.size, 0);
});

test("an output that is JSON is kept", () => {
  const { outputs, report } = parse({ outcomes: [{ ...key, success: { output: '{"a":1}' } }] });
  assert.deepEqual(report.outcomes[0]?.end, { type: "succeeded", hasOutput: true });
  assert.equal(outputs.size, 1);
});

test("a retry that is due in more than a hundred years is refused", () => {
  const retryAfter = { seconds: maxRetryDelayMs / 1_000 + 1, nanos: 0 };
  const failure = { error: { type: "TASK_ERROR_TYPE_STRING", raw: "x" }, retryAfter } as const;
  assert.throws(() => parse({ outcomes: [{ ...key, failure }] }), { code: "PROTOCOL_BROKEN" });
});
