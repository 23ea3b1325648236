import assert from "node:assert/strict";
import { test } from "node:test";
import { createRun } from "../life/new-run.ts";
import { definition, newRun, runId } from "../life/run.test.support.ts";
import { type Entry, entryOf } from "./entry.ts";
import { laneKeyOf, sortKeyOf } from "./lane.ts";
import type { Lane } from "./lane-heap.ts";
import { LaneTable } from "./lane-table.ts";

function entry(number: number, taskId = "mail"): Entry {
  return entryOf(createRun(newRun(number, { taskId }), undefined, definition({ id: taskId }), number));
}

function table(budget: number) {
  const dropped: Entry[] = [];
  const emptied: Lane[] = [];
  const lanes = new LaneTable(
    (lane) => void emptied.push(lane),
    (left) => void dropped.push(left),
    budget,
  );
  return { lanes, dropped, emptied };
}

test("all lanes together keep to the budget, and each leaves its tail to the store", () => {
  const { dropped, lanes } = table(10);
  for (let number = 1; number <= 40; number += 1) lanes.add(entry(number, number % 2 === 0 ? "even" : "odd"));
  assert.ok(lanes.total <= 10);
  assert.ok(dropped.length > 0);
  for (const lane of lanes.lanes()) assert.ok(lane.window.size > 0 && lane.window.bound !== undefined);
});

test("every lane keeps at least its head, however many there are", () => {
  const { lanes } = table(5);
  for (let number = 1; number <= 20; number += 1) {
    lanes.add(entry(number, `task-${number}`));
    lanes.add(entry(number + 100, `task-${number}`));
  }
  for (const lane of lanes.lanes())
    assert.equal(lane.window.first()?.run.id, runId(Number(lane.parts.taskId.slice(5))));
});

test("a lane whose end is in the store is read on when half its share is used up", () => {
  const { lanes } = table(8);
  const entries = Array.from({ length: 9 }, (_, index) => entry(index + 1));
  let lane: Lane | undefined;
  for (const item of entries) lane = lanes.add(item);
  assert.ok(lane);
  assert.equal(lane.window.size, 6);
  assert.equal(lanes.takeLoad(lane), undefined);
  for (const item of entries.slice(0, 2)) lanes.remove(item);
  assert.deepEqual(lanes.takeLoad(lane), { lane: lane.key, after: { time: 6, id: runId(6) }, limit: 8 });
  assert.equal(lanes.takeLoad(lane), undefined, "one page at a time");
});

test("a page that was left to the store in the end is given back", () => {
  const { dropped, lanes } = table(4);
  const first = entry(1);
  const lane = lanes.addStored(laneKeyOf(first.run));
  assert.equal(lanes.takeLoad(lane)?.after, undefined);
  const runs = [first, entry(2), entry(3), entry(4), entry(5), entry(6)].map((item) => item.run);
  lanes.merge(lane, runs, sortKeyOf(entry(6).run), entryOf);
  assert.deepEqual(
    dropped.map((item) => item.run.id),
    [4, 5, 6].map(runId),
  );
  assert.deepEqual(lane.window.bound, { time: 3, id: runId(3) });
});

test("a lane that is empty here and in the store is forgotten", () => {
  const { emptied, lanes } = table(4);
  const item = entry(1);
  const lane = lanes.add(item);
  lanes.dropIfEmpty(lane);
  assert.deepEqual(emptied, []);
  lanes.remove(item);
  lanes.dropIfEmpty(lane);
  assert.deepEqual([emptied.length, lanes.find(lane.key)], [1, undefined]);
});

test("what a run costs does not follow the number of lanes, however many there are", () => {
  const looks = countLooks(40_000);
  // The table searched each lane a few times for runs to leave to the store, not once for each new run.
  assert.ok(looks < 40_000 * 10, `${looks} looks`);
});

/** Returns how often lanes are searched while each of many lanes gets two runs. */
function countLooks(laneCount: number): number {
  const { lanes } = table(20_000);
  let looks = 0;
  for (const round of [0, 1]) {
    for (let number = 1; number <= laneCount; number += 1) {
      const { window } = lanes.add(entry(number + round * laneCount, `task-${number}`));
      if (round > 0) continue;
      const truncate = window.truncate.bind(window);
      window.truncate = (count) => {
        looks += 1;
        // Without this limit, the test would run for minutes when lanes are searched for every run.
        if (looks > laneCount * 20) throw new Error("All lanes are looked through again and again.");
        return truncate(count);
      };
    }
  }
  return looks;
}
