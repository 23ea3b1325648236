import assert from "node:assert/strict";
import { test } from "node:test";
import type { LaneKey } from "../core/scheduling/lane.ts";
import type { BacklogRead } from "../store/store.ts";
import { LaneReads, laneReadsAtOnce, lanesPerRead } from "./lane-reads.ts";

function pageOf(number: number, limit = 2): BacklogRead {
  return { lane: `lane-${number}` as LaneKey, after: undefined, limit };
}

/** Reads whose ends the test decides. */
class Reading {
  readonly started: (readonly LaneKey[])[] = [];
  readonly #ends: (() => void)[] = [];
  readonly reads: LaneReads = new LaneReads((reads, onRead) => {
    this.started.push(reads.map(({ lane }) => lane));
    this.#ends.push(onRead);
  });

  end(): void {
    this.#ends.shift()?.();
  }
}

test("pages that are needed while others are read are read together, in their order", () => {
  const reading = new Reading();
  for (const number of [1, 2, 3, 4, 5]) reading.reads.add(pageOf(number));
  assert.deepEqual(reading.started, [["lane-1"], ["lane-2"]]);
  reading.end();
  assert.deepEqual(reading.started.at(-1), ["lane-3", "lane-4", "lane-5"]);
  reading.end();
  reading.end();
  reading.reads.add(pageOf(6));
  assert.deepEqual(reading.started.at(-1), ["lane-6"]);
});

test("a read has no more lanes, and no more runs unless one lane has them, than its limits", () => {
  const reading = new Reading();
  const count = laneReadsAtOnce + lanesPerRead + 1;
  for (let number = 1; number <= count; number += 1) reading.reads.add(pageOf(number));
  for (const limit of [600, 600, 2_000]) reading.reads.add(pageOf(limit, limit));
  for (let ended = 0; ended < count; ended += 1) reading.end();
  const sizes = reading.started.slice(laneReadsAtOnce).map((lanes) => lanes.length);
  assert.deepEqual(sizes, [lanesPerRead, 2, 1, 1]);
});
