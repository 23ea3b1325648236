import assert from "node:assert/strict";
import { test } from "node:test";
import { createRun } from "../life/new-run.ts";
import { definition, newRun, runId } from "../life/run.test.support.ts";
import type { Run } from "../life/run.ts";
import { DueRuns, dueHorizonMs, duePageRuns, dueWindowRuns } from "./due-runs.ts";
import { type Entry, entryOf } from "./entry.ts";

function entry(number: number, dueAt: number): Entry {
  return entryOf({ ...createRun(newRun(number), undefined, definition(), 0), status: "delayed", dueAt });
}

/** Creates due runs whose first page brought these entries. */
function loaded(until: number, ...entries: readonly Entry[]): DueRuns {
  const due = new DueRuns();
  due.takeLoad(0);
  const entryFor = (run: Run) => entries.find((one) => one.run === run);
  due.merge(until, { runs: entries.map(({ run }) => run) }, entryFor);
  return due;
}

test("the first page is read at the start, and only once at a time", () => {
  const due = new DueRuns();
  const load = { type: "loadDue", after: undefined, until: 5 + dueHorizonMs, limit: duePageRuns };
  assert.deepEqual(due.takeLoad(5), load);
  assert.equal(due.takeLoad(6), undefined);
});

test("the next page is read once half of the horizon has passed, from where memory ends", () => {
  const due = loaded(dueHorizonMs);
  assert.equal(due.takeLoad(dueHorizonMs / 2), undefined);
  const load = due.takeLoad(dueHorizonMs / 2 + 1);
  assert.deepEqual(load?.after, { time: dueHorizonMs, id: "\uffff" });
});

test("runs are due in the order of their times, and none before its time", () => {
  const [later, sooner] = [entry(1, 200), entry(2, 100)];
  const due = loaded(dueHorizonMs, later, sooner);
  assert.deepEqual([due.nextAt, due.first(99), due.first(100)?.id], [100, undefined, runId(2)]);
  due.remove(sooner);
  assert.deepEqual([due.nextAt, due.first(200)?.id], [200, runId(1)]);
});

test("a run that is due beyond what memory reaches is left to the store", () => {
  const due = loaded(1_000);
  const far = entry(1, 1_001);
  due.add(far, 1_001);
  assert.deepEqual([far.dueKey, due.nextAt], [undefined, undefined]);
});

test("a full window leaves its last run to the store, and ends before it", () => {
  const due = loaded(dueHorizonMs);
  for (let number = 0; number < dueWindowRuns; number += 1) due.add(entry(number, number), number);
  const last = entry(dueWindowRuns, dueWindowRuns);
  assert.deepEqual(due.add(last, dueWindowRuns), [last]);
  assert.equal(due.bound?.time, dueWindowRuns - 1);
});
