import assert from "node:assert/strict";
import { test } from "node:test";
import type { Run__Output } from "@baton/proto";
import { againText, runChangeFromWire } from "./run-change.ts";

function run(more: Partial<Run__Output>): Run__Output {
  return { id: "run_1", taskId: "greet", error: null, waitingFor: "", attempts: [], ...more } as Run__Output;
}

test("a line about a run names the attempt that goes on, which is not counted yet", () => {
  const attempts = [{ number: 1 }, { number: 2 }] as Run__Output["attempts"];
  const change = runChangeFromWire(run({ status: "RUN_STATUS_EXECUTING", attempts, attemptCount: 1 }));
  assert.equal(change.attempt, 2);
});

test("why an attempt failed is one line, and one sentence with the time of the next one", () => {
  assert.match(againText("Error: not now.\n  more", 0) ?? "", /^Error: not now, again at \d\d:/);
});
