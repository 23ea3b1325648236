import assert from "node:assert/strict";
import { test } from "node:test";
import { messageType, type Run } from "@baton/proto";
import { toRetrievedRun } from "@baton/sdk/run-object";
import { againText, runChangeOf } from "./run-change.ts";

test("a line about a run names the attempt that goes on, which is not counted yet", () => {
  const type = messageType("baton.v1.Run");
  const message: Run = { status: "RUN_STATUS_EXECUTING", attempts: [{ number: 1 }, { number: 2 }], attemptCount: 1 };
  const change = runChangeOf(toRetrievedRun(type.deserialize(type.serialize(message))));
  assert.equal(change.attempt, 2);
});

test("why an attempt failed is one line, and one sentence with the time of the next one", () => {
  assert.match(againText("Error: not now.\n  more", 0) ?? "", /^Error: not now, again at \d\d:/);
});
