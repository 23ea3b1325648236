import assert from "node:assert/strict";
import { test } from "node:test";
import { type Clock, systemClock } from "@baton/proto/clock";
import type { AttemptId } from "@baton/proto/contract/ids";
import type { Assignment, Dispatch } from "./runner-link.ts";
import { dispatchPayloadLength, RunnerOutbox, settleDelayMs } from "./runner-outbox.ts";

function assignmentOf(id: string, payloadLength: number): Assignment {
  return { run: { id }, attempt: { id: `attempt_${id}` }, payload: "x".repeat(payloadLength) } as unknown as Assignment;
}

function makeOutbox(clock = systemClock) {
  const dispatches: Dispatch[] = [];
  const link = {
    welcome: () => undefined,
    close: () => undefined,
    unreadLength: 0,
    dispatch: (one: Dispatch) => void dispatches.push(one),
  };
  return { outbox: new RunnerOutbox(link, clock), dispatches };
}

test("one turn's assignments travel in several messages when their payloads are large, in order", async () => {
  const { dispatches, outbox } = makeOutbox();
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

test("a confirmation goes with the next message, or alone when there is none for a while", () => {
  const timers: { readonly delayMs: number; readonly callback: () => void; isCanceled: boolean }[] = [];
  const soon: (() => void)[] = [];
  const clock: Clock = {
    ...systemClock,
    soon: (callback) => void soon.push(callback),
    setTimer: (delayMs, callback) => {
      const timer = { delayMs, callback, isCanceled: false };
      timers.push(timer);
      return () => {
        timer.isCanceled = true;
      };
    },
  };
  const endTurn = () => {
    for (const callback of soon.splice(0)) callback();
  };
  const { dispatches, outbox } = makeOutbox(clock);
  outbox.settle("attempt_a" as AttemptId);
  outbox.settle("attempt_b" as AttemptId);
  endTurn();
  assert.deepEqual([dispatches.length, timers.length, timers[0]?.delayMs], [0, 1, settleDelayMs]);
  outbox.assign(assignmentOf("c", 1));
  endTurn();
  assert.deepEqual([dispatches[0]?.settledAttemptIds, timers[0]?.isCanceled], [["attempt_a", "attempt_b"], true]);
  outbox.settle("attempt_c" as AttemptId);
  timers[1]?.callback();
  endTurn();
  assert.deepEqual([dispatches.length, dispatches[1]?.settledAttemptIds], [2, ["attempt_c"]]);
  outbox.settle("attempt_d" as AttemptId);
  outbox.close();
  assert.equal(timers[2]?.isCanceled, true);
});
