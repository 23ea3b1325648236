import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { makeCoreState } from "../core-state.ts";
import { createRun } from "../life/new-run.ts";
import { attemptId, definition, newRun, runId, runnerId, version } from "../life/run.test.support.ts";
import type { Run } from "../life/run.ts";
import { dueHorizonMs } from "./due-runs.ts";
import { laneKeyOf } from "./lane.ts";

const now = { wall: 1_000, monotonic: 1_000 };
const ttlMs = 60_000;

/** A core state that knows the task "mail" and has read an empty page of due runs. */
function makeState(backlogBudget?: number) {
  const state = makeCoreState({
    leaseMs: 10_000,
    random: () => 0.5,
    ...(backlogBudget !== undefined && { backlogBudget }),
  });
  state.tasks.add([version("20260101.1", [definition()])], now.monotonic);
  state.memory.loadDueIfNeeded(now);
  state.memory.mergeDue(now.wall + dueHorizonMs, { runs: [] });
  state.record.take();
  return state;
}

function queued(number: number, more: Partial<Run> = {}): Run {
  return { ...createRun(newRun(number), undefined, definition({ ttlMs }), now.wall + number), ...more };
}

describe("a queued run with a ttl", () => {
  test("that its full lane drops while it is taken in stays known, because it is due", () => {
    const { memory } = makeState(1);
    for (const number of [1, 2, 3]) memory.put(now, undefined, queued(number));
    assert.notEqual(memory.laneBound(laneKeyOf(queued(3))), undefined);
    assert.equal(memory.find(runId(3))?.id, runId(3));
    assert.equal(memory.size, 3);
  });

  test("that two pages bring is one run: it is due and first in its lane, in whatever order they come", () => {
    const run = queued(1);
    const page = { runs: [run] };
    for (const isDueFirst of [true, false]) {
      const { memory } = makeState();
      memory.addStoredLane(laneKeyOf(run));
      if (isDueFirst) memory.mergeDue(now.wall + dueHorizonMs, page);
      memory.mergeLane(now, laneKeyOf(run), page);
      if (!isDueFirst) memory.mergeDue(now.wall + dueHorizonMs, page);
      assert.equal(memory.size, 1);
      assert.equal(memory.due.first(now.wall + ttlMs + 1)?.id, run.id);
      assert.equal(memory.firstOf(laneKeyOf(run))?.id, run.id);
    }
  });

  test("that ends leaves every index", () => {
    const { memory } = makeState();
    const run = queued(1);
    memory.put(now, undefined, run);
    memory.put(now, run, { ...run, status: "expired", dueAt: undefined, revision: 2 });
    assert.deepEqual([memory.size, memory.due.nextAt, memory.firstOf(laneKeyOf(run))], [0, undefined, undefined]);
  });
});

test("a page does not bring a run back to what it was", () => {
  const { memory } = makeState();
  const run = queued(1);
  memory.addStoredLane(laneKeyOf(run));
  memory.put(now, run, { ...run, status: "delayed", revision: 2 });
  memory.mergeLane(now, laneKeyOf(run), { runs: [run] });
  assert.equal(memory.find(run.id)?.status, "delayed");
  assert.equal(memory.firstOf(laneKeyOf(run)), undefined);
});

test("a run holds its slot and its place at the runner until its thread is gone", () => {
  const { memory, runners, slots } = makeState();
  const runner = runners.obtain(runnerId("a"), now.monotonic);
  const lingering = { runnerId: runner.id, attemptId: attemptId("x") };
  const run = queued(1, { status: "completed", dueAt: undefined, lingering });
  memory.remember(now, run);
  assert.deepEqual([slots.countHolders(run.queue, ""), runner.runOf(attemptId("x"))], [1, run.id]);
  memory.remember(now, { ...run, lingering: undefined });
  assert.deepEqual([slots.countHolders(run.queue, ""), runner.runOf(attemptId("x")), memory.size], [0, undefined, 0]);
});

test("queued runs are counted from what the store has, and a refused insert is taken back", () => {
  const { memory } = makeState();
  const run = queued(1);
  memory.put(now, undefined, run);
  assert.equal(memory.lengthOf(run.queue), 0);
  memory.countLengths([[run.queue, 4]]);
  const another = queued(2);
  memory.put(now, undefined, another);
  assert.equal(memory.lengthOf(run.queue), 5);
  memory.forget(now, { runId: another.id, stored: another, refused: { run: another, isInsert: true } });
  assert.deepEqual([memory.lengthOf(run.queue), memory.find(another.id)], [4, undefined]);
});
