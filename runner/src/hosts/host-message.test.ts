import assert from "node:assert/strict";
import { test } from "node:test";
import { describeFault, parseHostMessage, readLogLines, readThreadEnd } from "./host-message.ts";

const end = { endedAt: 1, activeMs: 1.5, end: { type: "succeeded", hasOutput: true } };
const failed = (error: unknown, decision: unknown) => ({ ...end, end: { type: "failed", error, decision } });
const text = { type: "string", raw: "no" };
const final = { type: "final", status: "failed" };

test("a message of a host is read, members that are unknown are not kept", () => {
  const taken = { type: "taken", attempts: [["attempt_1", 5, 2]] };
  assert.deepEqual(parseHostMessage(JSON.stringify({ ...taken, more: 1 })), taken);
});

test("what is no message of a host is refused", () => {
  const wrong = [
    "{",
    "null",
    "[]",
    { type: "constructor" },
    { type: "taken", attempts: [["attempt_1", null, 2]] },
    { type: "ended" },
    { type: "ended", attemptId: "attempt_1", usage: { peakHeapBytes: 1e300 } },
    { type: "exited", attemptId: "attempt_1", cause: "bored", message: "" },
    { type: "withdrawn", attemptIds: "attempt_1" },
    { type: "call", attemptId: "attempt_1", callId: {}, method: "Trigger" },
  ];
  for (const header of wrong) {
    assert.throws(() => parseHostMessage(typeof header === "string" ? header : JSON.stringify(header)));
  }
});

test("every end that a thread says is read", () => {
  const internal = { type: "internal", code: "TASK_OUTPUT_ERROR", message: "too large" };
  const ends = [end, failed(text, final), failed(internal, { type: "retry", delayMs: 1e10 })];
  for (const said of ends) assert.deepEqual(readThreadEnd(JSON.stringify(said)), said);
});

const long = { type: "builtIn", name: "Error", message: "x".repeat(200_000), stackTrace: "" };

/** An error with this many causes, one in the other. */
function nested(causes: number): object {
  let error: object = { type: "builtIn", name: "Error", message: "innermost", stackTrace: "" };
  for (let count = 0; count < causes; count += 1) error = { ...error, cause: error };
  return error;
}

test("an end that could not be told to the coordinator is not read", () => {
  const wrong = [
    {},
    { ...end, endedAt: null },
    { ...end, activeMs: -1 },
    { ...end, end: { type: "interrupted" } },
    failed(undefined, final),
    failed({ type: "builtIn", name: { toString: 1 }, message: "", stackTrace: "" }, final),
    failed({ type: "string", raw: "x".repeat(1_000_000) }, final),
    failed({ type: "internal", code: "MADE_UP" }, final),
    failed(text, { type: "final", status: "completed" }),
    failed(text, { type: "retry", delayMs: 1e300 }),
    failed(nested(21), final),
    failed({ ...long, message: "", errors: Array.from({ length: 5 }, () => nested(4)) }, final),
    failed({ ...long, errors: Array.from({ length: 6 }, () => long) }, final),
  ];
  assert.ok(readThreadEnd(JSON.stringify(failed(nested(20), final))));
  for (const said of wrong) assert.equal(readThreadEnd(JSON.stringify(said)), undefined, JSON.stringify(said));
  assert.equal(readThreadEnd("{"), undefined);
});

test("lines with a time or a level that is none are not read", () => {
  const line = { time: 1, level: "info", message: "hello", properties: "{}" };
  assert.deepEqual(readLogLines(JSON.stringify([line])), [line]);
  for (const wrong of [{ time: "x" }, { level: "loud" }, { message: {} }]) {
    assert.equal(readLogLines(JSON.stringify([{ ...line, ...wrong }])), undefined);
  }
});

test("what is wrong with a message is told without what stands in it", () => {
  const faultOf = (header: string): string => {
    try {
      parseHostMessage(header);
    } catch (error) {
      return describeFault(error);
    }
    return "none";
  };
  assert.equal(faultOf('{"type":"stalled","attemptId":"a"}'), "none");
  assert.equal(faultOf("s3cret"), "a header is not JSON");
  assert.equal(faultOf('{"type":"s3cret"}'), "type: invalid_union");
  assert.equal(faultOf('{"type":"taken","attempts":[["s3cret",-1,1]]}'), "attempts.0.1: too_small");
  assert.equal(faultOf('{"type":"ended","attemptId":"s3cret","usage":{"cpuMs":null}}'), "usage.cpuMs: invalid_type");
});
