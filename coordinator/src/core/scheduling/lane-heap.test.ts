import assert from "node:assert/strict";
import { test } from "node:test";
import { createRun } from "../life/new-run.ts";
import { definition, newRun } from "../life/run.test.support.ts";
import { BoundedWindow } from "./bounded-window.ts";
import { entryOf } from "./entry.ts";
import { laneKeyOf, parseLaneKey, sortKeyOf } from "./lane.ts";
import type { Lane } from "./lane-heap.ts";
import { LaneHeap } from "./lane-heap.ts";

function lane(number: number, time: number): Lane {
  const run = createRun(newRun(number, { taskId: `task-${number}` }), undefined, definition(), time);
  const window = new BoundedWindow("laneKey", undefined);
  window.add(entryOf(run), sortKeyOf(run));
  const key = laneKeyOf(run);
  return { key, parts: parseLaneKey(key), window, placement: undefined, heapIndex: -1 };
}

test("lanes come out in the order of their first runs", () => {
  const times = Array.from({ length: 200 }, (_, index) => (index * 7_919) % 211);
  const heap = new LaneHeap();
  for (const [number, time] of times.entries()) heap.add(lane(number, time));
  const out: number[] = [];
  for (let first = heap.first(); first !== undefined; first = heap.first()) {
    out.push(first.window.first()?.laneKey?.time ?? -1);
    heap.remove(first);
  }
  assert.deepEqual(
    out,
    times.toSorted((a, b) => a - b),
  );
});

test("a lane is taken out of the middle", () => {
  const heap = new LaneHeap();
  const lanes = [5, 1, 4, 2, 3].map((time, number) => lane(number, time));
  for (const item of lanes) heap.add(item);
  heap.remove(lanes[3] as Lane);
  assert.equal(heap.size, 4);
  heap.remove(lanes[1] as Lane);
  assert.equal(heap.first(), lanes[4]);
});

test("a lane whose first run went moves to its new place", () => {
  const heap = new LaneHeap();
  const [early, late] = [lane(1, 1), lane(2, 5)];
  const next = createRun(newRun(3), undefined, definition(), 9);
  early.window.add(entryOf(next), sortKeyOf(next));
  heap.add(early);
  heap.add(late);
  const first = early.window.first();
  assert.ok(first);
  early.window.remove(first);
  heap.update(early);
  assert.equal(heap.first(), late);
});
