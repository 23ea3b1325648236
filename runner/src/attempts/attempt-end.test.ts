import assert from "node:assert/strict";
import { test } from "node:test";
import { outcomeOfThread } from "./attempt-end.ts";
import { makeAssignment } from "./held-attempt.test.support.ts";

const key = makeAssignment("attempt_1", { maxOutputBytes: 15 * 1024 * 1024 });
const startedAt = 1_000;
const now = 5_000;
const said = { endedAt: 4_000, activeMs: 2_500, end: { type: "succeeded", hasOutput: true } };

function read(end: unknown, output = "1") {
  return outcomeOfThread(key, startedAt, undefined, `${JSON.stringify(end)}\n${output}`, now);
}

test("an attempt ends when and as its thread says", () => {
  const { activeMs, end, endedAt } = read(said);
  assert.deepEqual(
    { activeMs, end, endedAt },
    { activeMs: 2_500, end: { type: "succeeded", output: "1" }, endedAt: 4_000 },
  );
});

test("an output's types follow it", () => {
  const { end } = read(
    { ...said, end: { type: "succeeded", hasOutput: true, outputLength: 7 } },
    '[1,"2"]{"1":"bigint"}',
  );
  assert.deepEqual(end, { type: "succeeded", output: '[1,"2"]', outputTypes: '{"1":"bigint"}' });
  const tooLarge = read(
    { ...said, end: { type: "succeeded", hasOutput: true, outputLength: 3 } },
    "1".repeat(15 * 1024 * 1024 + 1),
  );
  assert.ok(tooLarge.end.type === "failed" && tooLarge.end.error.type === "internal");
  assert.equal(tooLarge.end.error.code, "TASK_OUTPUT_ERROR");
});

test("an error keeps its causes on the way, and one that is no error is not believed", () => {
  const cause = { type: "builtIn", name: "Error", message: "b", stackTrace: "", properties: '{"code":1}' };
  const error = { type: "builtIn", name: "Error", message: "a", stackTrace: "", cause, errors: [cause] };
  const decision = { type: "final", status: "failed" };
  assert.deepEqual(read({ ...said, end: { type: "failed", error, decision } }, "").end, {
    type: "failed",
    error,
    decision,
  });
  const broken = read(
    { ...said, end: { type: "failed", error: { ...error, cause: { type: "other" } }, decision } },
    "",
  ).end;
  assert.ok(broken.type === "failed" && broken.error.type === "internal");
});

test("a thread whose clock was changed does not move the end out of the attempt", () => {
  assert.equal(read({ ...said, endedAt: 0 }).endedAt, startedAt);
  assert.equal(read({ ...said, endedAt: 9e12 }).endedAt, now);
});

test("times that the coordinator refuses are limited, so that no outcome is reported for ever", () => {
  const error = { type: "string", raw: "later" };
  const decision = { type: "retry", delayMs: 8.64e15 };
  const { activeMs, end } = read({ ...said, activeMs: 9e15, end: { type: "failed", error, decision } });
  assert.equal(activeMs, 8.64e15);
  assert.deepEqual(end.type === "failed" && end.decision, { type: "retry", delayMs: 3_155_760_000_000 });
});

test("an end that cannot be read fails the attempt", () => {
  const { activeMs, end, endedAt } = read({ ...said, end: { type: "failed" } });
  assert.deepEqual([activeMs, endedAt], [4_000, now]);
  assert.ok(end.type === "failed" && end.error.type === "internal");
  assert.equal(end.error.code, "TASK_PROCESS_EXITED_WITH_NON_ZERO_CODE");
  assert.deepEqual(end.decision, { type: "policy", status: "crashed" });
});

test("an output that would break the stream is not sent", () => {
  const { end } = read(said, JSON.stringify("x".repeat(16 * 1024 * 1024)));
  assert.ok(end.type === "failed" && end.error.type === "internal");
  assert.equal(end.error.code, "TASK_OUTPUT_ERROR");
});
