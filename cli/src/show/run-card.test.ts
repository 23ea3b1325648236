import assert from "node:assert/strict";
import { test } from "node:test";
import { messageType, timestampToWire } from "@baton/proto";
import { toRetrievedRun } from "@baton/sdk/run-object";
import { Output } from "./output.ts";
import { runCard } from "./run-card.ts";

test("an attempt shows how long it was active, unless its runner was lost and nobody knows", () => {
  const type = messageType("baton.v1.Run");
  const ended = { startTime: timestampToWire(1_000), endTime: timestampToWire(9_000) };
  const attempts = [
    { number: 1, status: "ATTEMPT_STATUS_INTERRUPTED", ...ended },
    { number: 1, status: "ATTEMPT_STATUS_FAILED", ...ended, activeDuration: { seconds: 0, nanos: 0 } },
  ] as const;
  const run = toRetrievedRun(
    type.deserialize(
      type.serialize({ id: "run_1", taskId: "greet", status: "RUN_STATUS_EXECUTING", attempts: [...attempts] }),
    ),
  );
  const stream = { write: () => {} };
  const lines = runCard(run, new Output(stream, stream, { NO_COLOR: "1" })).split("\n");
  const rows = lines.filter((line) => line.includes("#1"));
  assert.deepEqual(
    rows.map((line) => line.includes("0 ms")),
    [false, true],
  );
});
