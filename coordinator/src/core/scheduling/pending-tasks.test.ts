import assert from "node:assert/strict";
import { test } from "node:test";
import { makeCoreState } from "../core-state.ts";
import { createRun } from "../life/new-run.ts";
import { definition, newRun, runId, version } from "../life/run.test.support.ts";
import { pendingPageRuns } from "./pending-tasks.ts";

const now = { wall: 0, monotonic: 0 };
const waiting = [1, 2].map((number) => createRun(newRun(number), undefined, undefined, 0));
const [first, second] = waiting;
const loadHead = { type: "loadPending", taskId: "mail", after: undefined, limit: pendingPageRuns };

/** A core state that knows no task, and a function that registers one. */
function makeState() {
  const state = makeCoreState({ leaseMs: 10_000, random: () => 0.5 });
  const register = () => {
    state.tasks.add([version("20260101.1", [definition()])], 0);
    state.pending.admit();
  };
  return { ...state, register, effects: () => state.record.take().effects };
}

test("runs are read when their task is registered, page by page, and are queued", () => {
  const { effects, pending, record, register } = makeState();
  pending.await("mail");
  assert.deepEqual(effects(), []);
  register();
  assert.deepEqual(effects(), [loadHead]);
  const end = { time: 0, id: runId(1) };
  pending.merge(now, "mail", { runs: waiting.slice(0, 1), end });
  const { changes, effects: next } = record.take();
  assert.deepEqual([changes[0]?.run.status, next], ["queued", [{ ...loadHead, after: end }]]);
  pending.merge(now, "mail", { runs: waiting.slice(1) });
  assert.equal(record.take().changes[0]?.run.id, second?.id);
  register();
  assert.deepEqual(effects(), []);
});

test("runs are not read twice at once", () => {
  const { effects, pending, register } = makeState();
  register();
  pending.add(["mail"]);
  pending.add(["mail"]);
  assert.deepEqual(effects(), [loadHead]);
});

test("a run that began to wait while the pages were read has them read again", () => {
  const { effects, pending, register } = makeState();
  register();
  pending.add(["mail"]);
  pending.await("mail");
  effects();
  pending.merge(now, "mail", { runs: [] });
  assert.deepEqual(effects(), [loadHead]);
  pending.merge(now, "mail", { runs: [] });
  assert.deepEqual(effects(), []);
});

test("runs of a task that was deleted while they were read wait on", () => {
  const { effects, memory, pending, register } = makeState();
  pending.await("mail");
  pending.merge(now, "mail", { runs: waiting });
  assert.equal(memory.size, 0);
  register();
  assert.deepEqual(effects(), [loadHead]);
});

test("a page changes no run that memory has, nor one that waits no longer", () => {
  const { memory, pending, record, register } = makeState();
  register();
  pending.add(["mail"]);
  assert.ok(first && second);
  memory.remember(now, { ...first, status: "queued", revision: 2 });
  record.take();
  pending.merge(now, "mail", { runs: [first, { ...second, status: "canceled" }] });
  assert.deepEqual(record.take().changes, []);
});
