import assert from "node:assert/strict";
import { test } from "node:test";
import { systemClock } from "@baton/proto/clock";
import type { Assignment, Dispatch } from "./runner-link.ts";
import { dispatchPayloadLength, RunnerOutbox } from "./runner-outbox.ts";

function assignmentOf(id: string, payloadLength: number): Assignment {
  return { run: { id }, attempt: { id: `attempt_${id}` }, payload: "x".repeat(payloadLength) } as unknown as Assignment;
}

test("one turn's assignments travel in several messages when their payloads are large, in order", async () => {
  const dispatches: Dispatch[] = [];
  const link = {
    welcome: () => undefined,
    close: () => undefined,
    unreadLength: 0,
    dispatch: (one: Dispatch) => void dispatches.push(one),
  };
  const outbox = new RunnerOutbox(link, systemClock);
  const half = dispatchPayloadLength / 2;
  for (const id of ["a", "b", "c"]) outbox.assign(assignmentOf(id, half));
  outbox.assign(assignmentOf("d", 3 * dispatchPayloadLength));
  await new Promise((resolve) => setImmediate(resolve));
  const sent = dispatches.map((dispatch) => dispatch.assignments.map((assignment) => String(assignment.run.id)));
  assert.deepEqual(sent, [["a", "b"], ["c"], ["d"]]);
  for (const { assignments } of dispatches) {
    const length = assignments.reduce((sum, { payload = "" }) => sum + payload.length, 0);
    assert.ok(assignments.length === 1 || length <= dispatchPayloadLength);
  }
  assert.deepEqual(
    dispatches.map((dispatch) => dispatch.sequence),
    [1, 2, 3],
  );
});
