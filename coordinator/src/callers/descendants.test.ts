import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { systemClock } from "@baton/proto/clock";
import type { RunId } from "@baton/proto/contract/ids";
import { createRun } from "../core/life/new-run.ts";
import { definition, newRun, runId, runnerId } from "../core/life/run.test.support.ts";
import type { Run } from "../core/life/run.ts";
import { dequeued } from "../core/life/run-life.ts";
import { startEngine } from "../engine/engine.test.support.ts";
import { StoreError } from "../errors.ts";
import { MemoryStore } from "../store/memory/memory-store.ts";
import { childrenPerPage } from "./descendants.ts";

/** A store with runs below each other. The first run is canceled, and its descendants are left to cancel. */
class Family {
  readonly #store = new MemoryStore({ onCall: (method) => (method === "listRuns" ? this.#onRead() : undefined) });
  readonly #canceledBefore: RunId[] = [];
  reads = 0;
  refusesReads = 0;

  /** The runs that are canceled now and were not when they were added. */
  get canceled(): readonly RunId[] {
    const runs = [...this.#store.disk.runs.values()].map(({ run }) => run);
    return runs.flatMap(({ id, status }) => (status === "canceled" && !this.#canceledBefore.includes(id) ? [id] : []));
  }

  add(number: number, status: Run["status"], parentRunId?: RunId): void {
    const made = { ...createRun(newRun(number), undefined, definition(), number), revision: 1, parentRunId };
    const assigned = dequeued(made, runnerId("a"), "small-1x", "20260101.1", number, undefined);
    const isAssigned = status === "executing";
    const run = {
      ...(isAssigned ? assigned : made),
      revision: 1,
      status,
      ...(number === 1 && { descendantsToCancel: true }),
    };
    if (status === "canceled") this.#canceledBefore.push(run.id);
    this.#store.disk.write({ run, replaces: 0 }, 0, 1);
  }

  /** Starts an engine, which continues the cancellation below the first run, and waits for its end. */
  async cancelBelowFirst(): Promise<void> {
    const clock = {
      ...systemClock,
      setTimer: (_delayMs: number, callback: () => void) => systemClock.setTimer(0, callback),
    };
    const { descendants, engine } = await startEngine({ store: this.#store, clock });
    descendants.cancelBelow(runId(1));
    while (engine.find(runId(1)) !== undefined) await new Promise((resolve) => setImmediate(resolve));
  }

  #onRead(): void {
    this.reads += 1;
    if (this.reads <= this.refusesReads) throw new StoreError("away");
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
    await family.cancelBelowFirst();
    assert.deepEqual(family.canceled.toSorted(), [runId(2), runId(4), runId(5)]);
  });

  test("is read in pages", async () => {
    const family = new Family();
    family.add(1, "canceled");
    for (let number = 2; number < 2 * childrenPerPage + 5; number += 1) family.add(number, "queued", runId(1));
    await family.cancelBelowFirst();
    assert.equal(family.canceled.length, 2 * childrenPerPage + 3);
  });

  test("is looked for again when the store does not answer, and only once at a time", async () => {
    const family = new Family();
    family.refusesReads = 2;
    family.add(1, "canceled");
    family.add(2, "queued", runId(1));
    await family.cancelBelowFirst();
    assert.deepEqual([family.canceled, family.reads], [[runId(2)], 4]);
  });
});
