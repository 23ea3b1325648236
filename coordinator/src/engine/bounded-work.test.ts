import assert from "node:assert/strict";
import { test } from "node:test";
import { BoundedWork } from "./bounded-work.ts";

test("work starts in order, and no more of it at once than the limit", () => {
  const work = new BoundedWork(2);
  const started: number[] = [];
  const ends: (() => void)[] = [];
  for (const number of [1, 2, 3, 4]) {
    work.add((onDone) => {
      started.push(number);
      ends.push(onDone);
    });
  }
  assert.deepEqual(started, [1, 2]);
  ends[1]?.();
  assert.deepEqual(started, [1, 2, 3]);
  ends[0]?.();
  ends[2]?.();
  ends[3]?.();
  work.add((onDone) => {
    started.push(5);
    onDone();
  });
  assert.deepEqual(started, [1, 2, 3, 4, 5]);
});

test("work that is done at once does not hold up the next", () => {
  const work = new BoundedWork(1);
  let done = 0;
  for (let count = 0; count < 10_000; count += 1) {
    work.add((onDone) => {
      done += 1;
      onDone();
    });
  }
  assert.equal(done, 10_000);
});
