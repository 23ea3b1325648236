import assert from "node:assert/strict";
import { test } from "node:test";
import { createRun } from "../life/new-run.ts";
import { newRun, runId } from "../life/run.test.support.ts";
import { BoundedWindow, beforeAll } from "./bounded-window.ts";
import { type Entry, entryOf } from "./entry.ts";
import type { SortKey } from "./lane.ts";

function entry(number: number): Entry {
  return entryOf(createRun(newRun(number), undefined, undefined, 0));
}

function key(time: number): SortKey {
  return { time, id: runId(time) };
}

function add(window: BoundedWindow, ...times: readonly number[]): boolean[] {
  return times.map((time) => window.add(entry(time), key(time)));
}

/** Removes all runs, in order, and returns their times. */
function drain(window: BoundedWindow): number[] {
  const times: number[] = [];
  for (let first = window.first(); first !== undefined; first = window.first()) {
    times.push(first.laneKey?.time ?? Number.NaN);
    window.remove(first);
  }
  return times;
}

const page = (...times: readonly number[]) => times.map((time) => ({ entry: entry(time), key: key(time) }));

test("without a bound everything is in memory", () => {
  const window = new BoundedWindow("laneKey", undefined);
  assert.deepEqual(add(window, 3, 1, 2), [true, true, true]);
  assert.deepEqual(drain(window), [1, 2, 3]);
  assert.ok(window.isEmpty);
});

test("what lies beyond the bound is left to the store", () => {
  const window = new BoundedWindow("laneKey", key(5));
  assert.deepEqual(add(window, 4, 5, 6), [true, true, false]);
  assert.deepEqual(drain(window), [4, 5]);
  assert.ok(!window.isEmpty);
});

test("what comes while a page is read waits for it, in whatever order both come", () => {
  const window = new BoundedWindow("laneKey", beforeAll);
  window.startLoading();
  assert.deepEqual(add(window, 7, 2), [true, true]);
  assert.equal(window.size, 0);
  const left = window.merge(page(1, 3), undefined);
  assert.deepEqual(left, []);
  assert.deepEqual(drain(window), [1, 2, 3, 7]);
});

test("what came and lies beyond the page's end is left to the store", () => {
  const window = new BoundedWindow("laneKey", beforeAll);
  window.startLoading();
  add(window, 9, 2);
  const left = window.merge(page(1, 3), key(3));
  assert.deepEqual(
    left.map((item) => item.run.id),
    [runId(9)],
  );
  assert.equal(left[0]?.laneKey, undefined);
  assert.deepEqual(drain(window), [1, 2, 3]);
});

test("what came and went again while a page was read is not merged", () => {
  const window = new BoundedWindow("laneKey", beforeAll);
  window.startLoading();
  const gone = entry(2);
  window.add(gone, key(2));
  window.remove(gone);
  window.merge(page(1), undefined);
  assert.deepEqual(drain(window), [1]);
});

test("a truncated window ends at its last run", () => {
  const window = new BoundedWindow("laneKey", undefined);
  add(window, 1, 2, 3, 4);
  assert.deepEqual(
    window.truncate(2).map((item) => item.run.id),
    [runId(3), runId(4)],
  );
  assert.deepEqual(window.bound, key(2));
  assert.deepEqual(add(window, 3), [false]);
});

test("a page that was read from beyond where memory now ends leaves no gap: it goes back to the store", () => {
  const window = new BoundedWindow("laneKey", key(4));
  add(window, 1, 2, 3, 4);
  window.startLoading();
  window.truncate(2);
  const left = window.merge(page(5, 6), key(6));
  assert.deepEqual(
    left.map((item) => item.run.id),
    [runId(5), runId(6)],
  );
  assert.deepEqual(window.bound, key(2));
  assert.deepEqual(drain(window), [1, 2]);
});
