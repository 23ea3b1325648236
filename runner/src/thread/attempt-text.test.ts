import assert from "node:assert/strict";
import { test } from "node:test";
import {
  decodeEnd,
  decodeExecute,
  encodeAttempt,
  encodeEnd,
  encodeExecute,
  payloadLengthOf,
  splitEnd,
} from "./attempt-text.ts";
import type { AttemptDetails, ThreadEnd } from "./thread-protocol.ts";

const details = { runId: "run_1", attemptId: "attempt_1", taskId: "a\nb", tags: ["x"] } as unknown as AttemptDetails;

test("a thread gets the attempt that was encoded, with payload and types apart", () => {
  for (const [payload, payloadTypes] of [
    ['{"text":"two\\nlines"}', ""],
    ['["1"]', '{"0":"bigint"}'],
    ["", ""],
    ['"ä😀"', '{"":"x"}'],
  ] as const) {
    const sent = { ...details, payloadLength: payloadLengthOf(payload, payloadTypes) };
    const decoded = decodeExecute(encodeExecute(1_234, encodeAttempt(sent, payload, payloadTypes)));
    const { payloadLength, ...rest } = decoded.details;
    assert.deepEqual({ ...decoded, details: rest }, { startedAt: 1_234, details, payload, payloadTypes });
    assert.equal(payloadLength, payloadTypes === "" ? undefined : payload.length);
  }
});

test("a host reads from an end whether the thread is reusable, and passes on the rest", () => {
  const report: ThreadEnd = { endedAt: 5, activeMs: 12.5, end: { type: "succeeded", hasOutput: true } };
  for (const isReusable of [true, false]) {
    const decoded = decodeEnd(encodeEnd(isReusable, report, '"two\\nlines"'));
    assert.deepEqual([decoded?.isReusable, decoded?.activeMs], [isReusable, 12.5]);
    const split = splitEnd(decoded?.end ?? "");
    assert.deepEqual(JSON.parse(split.report), report);
    assert.equal(split.output, '"two\\nlines"');
  }
});

test("what is no end is refused", () => {
  for (const text of ["", "*1\n{}\n", "+NaN\n{}\n", "+-1\n{}\n", "+Infinity\n{}\n"]) {
    assert.equal(decodeEnd(text), undefined, JSON.stringify(text));
  }
});

test("an end without a line feed has no report that can be read", () => {
  assert.equal(splitEnd("{}").report, "{");
});
