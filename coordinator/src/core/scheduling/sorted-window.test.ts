import assert from "node:assert/strict";
import { test } from "node:test";
import { runId } from "../life/run.test.support.ts";
import { compareSortKeys, type SortKey } from "./lane.ts";
import { SortedWindow } from "./sorted-window.ts";

/** Returns a seeded source of random numbers, so that a failure can be repeated. */
function chance(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

for (const seed of [1, 2, 3, 4]) {
  test(`a sorted window behaves as a sorted list does (seed ${seed})`, () => {
    const random = chance(seed);
    const window = new SortedWindow<SortKey>((item) => item);
    let list: SortKey[] = [];
    for (let step = 0; step < 6_000; step += 1) {
      const choice = random(10);
      if (choice < 5) {
        const item = { time: choice < 3 ? step : random(step + 1), id: runId(step) };
        window.insert(item);
        list.push(item);
        list.sort(compareSortKeys);
      } else if (choice < 8) {
        const first = window.first();
        assert.equal(first, list[0]);
        if (first !== undefined) assert.ok(window.remove(first));
        list = list.slice(1);
      } else if (choice === 8 && list.length > 0) {
        const item = list[random(list.length)] as SortKey;
        assert.ok(window.remove(item));
        list = list.filter((other) => other !== item);
        assert.equal(window.remove(item), false);
      } else if (random(40) === 0) {
        const keep = random(list.length + 2);
        assert.deepEqual(window.truncate(keep), list.slice(keep));
        list = list.slice(0, keep);
      }
      assert.equal(window.size, list.length);
      assert.equal(window.first(), list[0]);
      assert.equal(window.last(), list.at(-1));
    }
  });
}
