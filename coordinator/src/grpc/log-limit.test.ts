import assert from "node:assert/strict";
import { test } from "node:test";
import type { RunId } from "@baton/proto/contract/ids";
import { LogLimit, maxAttemptLogLength, maxCountedAttempts, maxLineLength, maxLoggedAttempts } from "./log-limit.ts";

const runId = "run_printing" as RunId;

function linesOf(limit: LogLimit, message: string, attemptId = "attempt_1") {
  const entry = { at: 1, level: "log", message, attemptNumber: 1, attemptId } as const;
  return limit.apply({ runId, entries: [entry] }).entries.map((line) => line.message);
}

test("lines within the limit are stored as they are", () => {
  assert.deepEqual(linesOf(new LogLimit(), "hello"), ["hello"]);
});

test("what one attempt prints beyond its limit is cut once, and said; another attempt goes on", () => {
  const limit = new LogLimit();
  const line = "x".repeat(maxLineLength - 100);
  const stored: string[] = [];
  for (let count = 0; count < 100; count += 1) stored.push(...linesOf(limit, line));
  const length = stored.reduce((sum, text) => sum + text.length, 0);
  assert.ok(length < maxAttemptLogLength + maxLineLength, `${length} characters were stored`);
  assert.equal(stored.filter((text) => text.includes("was not stored")).length, 1);
  assert.match(stored.at(-1) ?? "", /printed more than 2 MiB/);
  assert.deepEqual(linesOf(limit, "hello", "attempt_2"), ["hello"]);
});

test("a line that is too long loses its end", () => {
  const [line = ""] = linesOf(new LogLimit(), "x".repeat(10 * maxLineLength));
  assert.equal(line.length, maxLineLength);
});

test("attempts that are made up are not stored without end", () => {
  const limit = new LogLimit();
  let stored = 0;
  for (let number = 0; number < 2 * maxLoggedAttempts; number += 1) stored += linesOf(limit, "x", `a${number}`).length;
  assert.equal(stored, maxLoggedAttempts);
});

test("attempts of many runs are not counted without end: the run that printed longest ago is forgotten", () => {
  const limit = new LogLimit();
  const isFull = (run: string) => {
    const entry = { at: 1, level: "log", message: "x", attemptNumber: 1, attemptId: "one more" } as const;
    return limit.apply({ runId: run as RunId, entries: [entry] }).entries.length === 0;
  };
  const fill = (run: string) => {
    const entries = Array.from({ length: maxLoggedAttempts }, (_, number) => {
      return { at: 1, level: "log", message: "x", attemptNumber: 1, attemptId: `a${number}` } as const;
    });
    limit.apply({ runId: run as RunId, entries });
  };
  fill("run_first000");
  assert.equal(isFull("run_first000"), true);
  for (let run = 0; run <= maxCountedAttempts / maxLoggedAttempts + 1; run += 1) fill(`run_${run}`);
  assert.equal(isFull("run_first000"), false);
});
