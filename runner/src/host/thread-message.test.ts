import assert from "node:assert/strict";
import { test } from "node:test";
import { readThreadMessage } from "./thread-message.ts";

const usage = { heapBytes: 1, externalBytes: 0 };

test("everything that a thread says is taken", () => {
  const messages = [
    { type: "loading" },
    { type: "active" },
    { type: "canceling" },
    { type: "flagsChanged" },
    { type: "crowded" },
    { type: "spoiled" },
    { type: "signaled", signal: "SIGSEGV" },
    { type: "measured", attemptId: "attempt_1", usage },
    { type: "logs", attemptId: "attempt_1", state: "cut", body: "[]" },
    { type: "lateLogs", attemptId: "attempt_1", body: "[]" },
    { type: "call", attemptId: "attempt_1", callId: 3, method: "Trigger", body: "{}" },
  ];
  for (const message of messages) assert.equal(readThreadMessage(message), message);
  const end = readThreadMessage('+0.5\n{"endedAt":1}\noutput');
  assert.deepEqual(end, { type: "ended", isReusable: true, activeMs: 0.5, end: '{"endedAt":1}\noutput' });
  assert.ok(readThreadMessage("-0\n{}\n"));
});

test("what would break the host, or the frames that it writes, is not", () => {
  const messages = [
    undefined,
    null,
    { type: "lateLogs", attemptId: "attempt_1" },
    { type: "lateLogs", attemptId: "", body: "[]" },
    1n,
    "",
    "*1\n{}\n",
    "+NaN\n{}\n",
    "+-1\n{}\n",
    `+1\n{}\n${"x".repeat(21 * 1024 * 1024)}`,
    [],
    new Map(),
    { type: "toString" },
    // Sent only once, before task code runs in the thread.
    { type: "hello", threadId: 1 },
    { type: "signaled" },
    { type: "measured", attemptId: "attempt_1", usage: { heapBytes: Number.NaN, externalBytes: 0 } },
    { type: "logs", attemptId: "attempt_1", state: "loud", body: "[]" },
    { type: "logs", attemptId: "attempt_1", state: "open", body: 5 },
    { type: "call", attemptId: "attempt_1", callId: {}, method: "Trigger", body: "{}" },
    { type: "call", attemptId: "attempt_1", callId: 1, method: "T".repeat(1_000), body: "{}" },
  ];
  for (const [at, message] of messages.entries()) assert.equal(readThreadMessage(message), undefined, `message ${at}`);
});
