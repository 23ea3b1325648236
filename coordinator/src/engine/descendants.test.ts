import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { systemClock } from "@baton/proto/clock";
import type { RunId } from "@baton/proto/contract/ids";
import { createRun } from "../core/life/new-run.ts";
import { newRun, runId } from "../core/life/run.test.support.ts";
import type { Run } from "../core/life/run.ts";
import { childrenPerPage, Descendants } from "./descendants.ts";

/** Runs below each other, and what was done with them. */
class Family {
  readonly #members = new Map<RunId, Run>();
  readonly canceled: RunId[] = [];
  readonly done: Promise<RunId>;
  readonly descendants: Descendants;
  reads = 0;
  refusesReads = 0;
  #tellDone: (runId: RunId) => void = () => undefined;

  constructor() {
    this.done = new Promise((resolve) => {
      this.#tellDone = resolve;
    });
    this.descendants = new Descendants({
      clock: { ...systemClock, setTimer: (_delayMs, callback) => systemClock.setTimer(0, callback) },
      isRunning: () => true,
      readChildren: async (parentId, before) => {
        this.reads += 1;
        if (this.reads <= this.refusesReads) throw new Error("away");
        return [...this.#members.values()]
          .filter((run) => run.parentRunId === parentId && (before === undefined || run.id < before.id))
          .toReversed()
          .slice(0, childrenPerPage);
      },
      cancel: async (run) => {
        this.canceled.push(run.id);
        this.add(Number(run.id.slice(4)), "canceled", run.parentRunId);
      },
      onDone: (done) => this.#tellDone(done),
    });
  }

  add(number: number, status: Run["status"], parentRunId?: RunId): void {
    const run = { ...createRun(newRun(number), undefined, undefined, number), status, parentRunId };
    this.#members.set(run.id, run);
  }
}

describe("what a canceled run has triggered", () => {
  test("is canceled at every depth, through runs that have ended, and what has ended stays", async () => {
    const family = new Family();
    family.add(1, "canceled");
    family.add(2, "executing", runId(1));
    family.add(3, "completed", runId(1));
    family.add(4, "queued", runId(2));
    family.add(5, "delayed", runId(3));
    family.add(6, "failed", runId(4));
    family.add(9, "executing");
    family.descendants.cancelBelow(runId(1));
    assert.equal(await family.done, runId(1));
    assert.deepEqual(family.canceled.toSorted(), [runId(2), runId(4), runId(5)]);
  });

  test("is read in pages", async () => {
    const family = new Family();
    family.add(1, "canceled");
    for (let number = 2; number < 2 * childrenPerPage + 5; number += 1) family.add(number, "queued", runId(1));
    family.descendants.cancelBelow(runId(1));
    await family.done;
    assert.equal(family.canceled.length, 2 * childrenPerPage + 3);
  });

  test("is looked for again when the store does not answer, and only once at a time", async () => {
    const family = new Family();
    family.refusesReads = 2;
    family.add(1, "canceled");
    family.add(2, "queued", runId(1));
    family.descendants.cancelBelow(runId(1));
    family.descendants.cancelBelow(runId(1));
    await family.done;
    assert.deepEqual([family.canceled, family.reads], [[runId(2)], 4]);
  });
});
