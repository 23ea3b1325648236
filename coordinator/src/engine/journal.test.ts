import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import type { Clock } from "@baton/proto/clock";
import type { Effect } from "../core/effect.ts";
import type { Event } from "../core/event.ts";
import { createRun } from "../core/life/new-run.ts";
import { definition, newRun, runId } from "../core/life/run.test.support.ts";
import type { Run } from "../core/life/run.ts";
import { StoreError } from "../errors.ts";
import type { PendingBatch } from "../store/memory/memory-disk.ts";
import { MemoryStore } from "../store/memory/memory-store.ts";
import type { RunTexts, RunWrite } from "../store/store.ts";
import { type Conflict, Journal, maxBatchBytes, maxBatchChanges, maxUnwrittenChanges } from "./journal.ts";

/** A clock whose timers fire in the next turn of the event loop. */
const hurried: Clock = {
  wallNow: () => 0,
  monotonicNow: () => 0,
  setTimer: (_delayMs, callback) => {
    const timer = setImmediate(callback);
    return () => clearImmediate(timer);
  },
  soon: (callback) => void setImmediate(callback),
  random: () => 0.5,
};

let store: MemoryStore;
let pending: PendingBatch[];
let told: string[];
let journal: Journal;
let reloads: Conflict[];
let onReload: () => void;

beforeEach(async () => {
  pending = [];
  told = [];
  reloads = [];
  onReload = () => {};
  store = new MemoryStore({ onBatch: (batch) => void pending.push(batch) });
  await store.open();
  journal = new Journal(store, hurried, {
    perform: (effects) => void told.push(...effects.map((effect) => `perform ${effect.type} ${effect.runId}`)),
    durable: (writes: readonly RunWrite[]) =>
      void told.push(...writes.map(({ run }) => `durable ${run.id}@${run.revision}`)),
    reload: (conflicts) => {
      reloads.push(...conflicts);
      onReload();
    },
    released: () => undefined,
    failed: (_error, attempt) => void told.push(`failed ${attempt}`),
  });
});

function runAt(number: number, revision = 1): Run {
  return { ...createRun(newRun(number), undefined, definition(), 0), revision };
}

function append(number: number, revision = 1, texts?: RunTexts): void {
  const run = runAt(number, revision);
  const event: Event = { type: "runTriggered", runId: run.id, requestId: number, request: newRun(number) };
  const reply: Effect = { type: "reply", runId: run.id, requestId: number, reply: { type: "run", run, isNew: true } };
  journal.append(event, { changes: [{ run, replaces: revision - 1, texts }], effects: [reply] });
}

async function turns(count = 4): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** Returns the next batch that the journal sent to the store. */
async function nextBatch(): Promise<PendingBatch> {
  for (let turn = 0; turn < 50 && pending.length === 0; turn += 1) await turns(1);
  const batch = pending.shift();
  assert.ok(batch, "no batch came");
  return batch;
}

function writesOf(batch: PendingBatch): readonly string[] {
  return batch.batch.writes.map(({ replaces, run }) => `${run.id} ${replaces}->${run.revision}`);
}

describe("group commit", () => {
  test("effects wait until their changes are durable, and keep their order", async () => {
    append(1);
    append(2);
    const batch = await nextBatch();
    assert.deepEqual(told, []);
    batch.answer();
    await turns();
    assert.deepEqual(told, [
      "durable run_0001@1",
      "durable run_0002@1",
      "perform reply run_0001",
      "perform reply run_0002",
    ]);
  });

  test("a step without changes waits for the steps before it", async () => {
    append(1);
    const effect: Effect = {
      type: "settle",
      runId: runId(9),
      runnerId: "runner_a" as never,
      attemptId: "attempt_a" as never,
    };
    journal.append({ type: "timerFired" }, { changes: [], effects: [effect] });
    const batch = await nextBatch();
    assert.deepEqual(told, []);
    batch.answer();
    await turns();
    assert.deepEqual(told.slice(-2), ["perform reply run_0001", "perform settle run_0009"]);
  });

  test("a step without changes goes at once when nothing waits", () => {
    const effect: Effect = {
      type: "settle",
      runId: runId(9),
      runnerId: "runner_a" as never,
      attemptId: "attempt_a" as never,
    };
    journal.append({ type: "timerFired" }, { changes: [], effects: [effect] });
    assert.deepEqual(told, ["perform settle run_0009"]);
  });

  test("a batch holds a run once, in its latest state and with its texts", async () => {
    append(1, 1, { payload: "{}" });
    append(1, 2);
    append(1, 3, { output: "1" });
    const batch = await nextBatch();
    assert.deepEqual(writesOf(batch), ["run_0001 0->3"]);
    assert.deepEqual([batch.batch.writes[0]?.payload, batch.batch.writes[0]?.output], ["{}", "1"]);
  });

  test("what comes while a batch is on its way goes with the next one", async () => {
    append(1);
    const first = await nextBatch();
    append(1, 2);
    assert.equal(journal.findUnwritten(runId(1))?.run.revision, 2);
    await turns();
    assert.equal(pending.length, 0);
    first.answer();
    const second = await nextBatch();
    assert.deepEqual([second.batch.number, ...writesOf(second)], [2, "run_0001 1->2"]);
  });

  test("a batch that failed is sent again unchanged", async () => {
    append(1);
    const first = await nextBatch();
    first.fail(new StoreError("away"));
    append(2);
    const again = await nextBatch();
    assert.equal(again.batch, first.batch);
    assert.deepEqual(told, ["failed 1"]);
  });

  test("a write whose answer was lost counts as written", async () => {
    append(1);
    const first = await nextBatch();
    first.apply();
    first.fail(new StoreError("the answer was lost"));
    (await nextBatch()).answer();
    await turns();
    assert.deepEqual(told, ["failed 1", "durable run_0001@1", "perform reply run_0001"]);
    assert.deepEqual(reloads, []);
  });

  test("a large batch is split, and its steps are released in order", async () => {
    for (let number = 0; number <= maxBatchChanges; number += 1) append(number);
    const first = await nextBatch();
    assert.equal(first.batch.writes.length, maxBatchChanges);
    first.answer();
    const second = await nextBatch();
    assert.equal(second.batch.writes.length, 1);
    second.answer();
    await turns();
    assert.ok(journal.isIdle);
  });

  test("a batch with large values takes no further run, so that it fits through a slow connection in time", async () => {
    const payload = "x".repeat(maxBatchBytes - 1);
    for (const number of [1, 2, 3]) append(number, 1, { payload });
    const sizes = [];
    for (let batch = 0; batch < 2; batch += 1) {
      const next = await nextBatch();
      sizes.push(next.batch.writes.length);
      next.answer();
    }
    await turns();
    assert.deepEqual(sizes, [2, 1]);
    assert.ok(journal.isIdle);
  });

  test("too much unwritten means overload, until it is written", async () => {
    for (let number = 0; number < maxUnwrittenChanges; number += 1) append(number);
    assert.ok(journal.isOverloaded);
    (await nextBatch()).answer();
    await turns();
    assert.ok(!journal.isOverloaded);
  });

  test("a barrier ends when everything before it is durable", async () => {
    append(1);
    let isDone = false;
    void journal.barrier().then(() => {
      isDone = true;
    });
    const batch = await nextBatch();
    assert.ok(!isDone);
    batch.answer();
    await turns();
    assert.ok(isDone);
  });

  test("a barrier is refused when the journal stops before", async () => {
    append(1);
    const barrier = journal.barrier();
    await nextBatch();
    journal.stop();
    await assert.rejects(barrier, { code: "STOPPING" });
    await assert.rejects(journal.barrier(), { code: "STOPPING" });
  });

  test("a stopped journal performs nothing any more", async () => {
    append(1);
    const batch = await nextBatch();
    journal.stop();
    batch.answer();
    await turns();
    assert.deepEqual(told, []);
  });
});

describe("a conflict", () => {
  test("takes the run's effects back and asks for its events again, and disturbs nobody else", async () => {
    store.disk.write({ run: runAt(1, 5), replaces: 0 }, 99, 1);
    append(1);
    append(2);
    const batch = await nextBatch();
    append(1, 2);
    batch.answer();
    await turns();
    assert.deepEqual(told, ["durable run_0002@1", "perform reply run_0002"]);
    assert.equal(reloads.length, 1);
    assert.equal(reloads[0]?.stored?.run.revision, 5);
    assert.equal(reloads[0]?.again.length, 2);
    assert.equal(journal.findUnwritten(runId(1)), undefined);
  });

  test("of several runs is told at once, before anything else of the batch", async () => {
    for (const number of [1, 2]) store.disk.write({ run: runAt(number, 5), replaces: 0 }, 99, 1);
    for (const number of [1, 2, 3]) append(number);
    const batch = await nextBatch();
    let toldBefore: readonly string[] | undefined;
    onReload = () => {
      toldBefore = [...told];
    };
    batch.answer();
    await turns();
    assert.deepEqual(toldBefore, []);
    assert.deepEqual(
      reloads.map((conflict) => conflict.runId),
      [runId(1), runId(2)],
    );
    assert.deepEqual(told, ["durable run_0003@1", "perform reply run_0003"]);
  });

  test("over a run that vanished says so", async () => {
    append(1, 2);
    (await nextBatch()).answer();
    await turns();
    assert.deepEqual(
      reloads.map(({ runId: id, stored }) => [id, stored]),
      [[runId(1), undefined]],
    );
  });
});
