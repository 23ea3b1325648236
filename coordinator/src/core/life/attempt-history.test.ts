import assert from "node:assert/strict";
import { test } from "node:test";
import type { AttemptStatus } from "@baton/proto/contract/outcome";
import type { AttemptRecord } from "./attempt.ts";
import { fullAttemptRecords, maxInterruptedRecords, shortMessageLength, withAttempt } from "./attempt-history.ts";
import { attemptId, runnerId } from "./run.test.support.ts";

function record(number: number, status: AttemptStatus): AttemptRecord {
  return {
    id: attemptId(`${number}`),
    number,
    status,
    runnerId: runnerId("a"),
    machine: "small-1x",
    startedAt: 0,
    endedAt: 1,
    activeMs: 1,
    error: { type: "builtIn", name: "Error", message: "x".repeat(1_000), stackTrace: "y".repeat(1_000) },
  };
}

function history(count: number, status: AttemptStatus): readonly AttemptRecord[] {
  let kept: readonly AttemptRecord[] = [];
  for (let number = 1; number <= count; number += 1) kept = withAttempt(kept, record(number, status));
  return kept;
}

test("the last ten attempts are kept in full, older ones by a short message", () => {
  const kept = history(13, "failed");
  assert.equal(kept.length, 13);
  const lengths = kept.map(({ error }) =>
    error?.type === "builtIn" ? error.message.length + error.stackTrace.length : 0,
  );
  assert.deepEqual(lengths.slice(0, 3), Array(3).fill(shortMessageLength));
  assert.deepEqual(lengths.slice(3), Array(fullAttemptRecords).fill(2_000));
});

test("of interrupted attempts only the latest are kept, of others all", () => {
  const mixed = withAttempt(history(maxInterruptedRecords, "interrupted"), record(900, "failed"));
  const kept = withAttempt(mixed, record(901, "interrupted"));
  assert.equal(kept.length, maxInterruptedRecords + 1);
  assert.equal(kept[0]?.number, 2);
  assert.deepEqual(
    kept.slice(-2).map((entry) => entry.number),
    [900, 901],
  );
});
