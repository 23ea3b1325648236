import assert from "node:assert/strict";
import { test } from "node:test";
import { systemClock } from "@baton/proto/clock";
import { createRun } from "../core/life/new-run.ts";
import { definition, newRun, runId, runnerId, version } from "../core/life/run.test.support.ts";
import type { Run } from "../core/life/run.ts";
import { StoreError } from "../errors.ts";
import type { PendingBatch } from "../store/memory/memory-disk.ts";
import { MemoryStore } from "../store/memory/memory-store.ts";
import { startEngine } from "./engine.test.support.ts";
import type { Engine } from "./engine.ts";

/** A clock whose timers fire at once. */
const clock = {
  ...systemClock,
  setTimer: (_delayMs: number, callback: () => void) => systemClock.setTimer(0, callback),
};

const turn = () => new Promise((resolve) => setImmediate(resolve));

function trigger(engine: Engine, number: number) {
  const id = runId(number);
  return engine.request((requestId) => ({ type: "runTriggered", runId: id, requestId, request: newRun(number) }));
}

test("a closed engine ignores events and refuses requests and reads", async () => {
  const { engine } = await startEngine({ store: new MemoryStore() });
  engine.close();
  engine.step({ type: "versionRegistered", version: version("20260101.1", [definition()]) });
  assert.ok(!engine.partition.tasks.isRegistered("mail"));
  await assert.rejects(trigger(engine, 1), { code: "STOPPING" });
  await assert.rejects(
    engine.read(async () => 1),
    { code: "STOPPING" },
  );
  assert.equal(engine.find(runId(1)), undefined);
});

test("a read is repeated until the store answers, and refused when the engine closes meanwhile", async () => {
  const { engine } = await startEngine({ store: new MemoryStore(), clock });
  let asked = 0;
  const answer = await engine.read(async () => {
    asked += 1;
    if (asked < 3) throw new StoreError("away");
    return "there";
  });
  assert.deepEqual([answer, asked], ["there", 3]);
  const never = engine.read(async () => {
    engine.close();
    throw new StoreError("away");
  });
  await assert.rejects(never, { code: "STOPPING" });
});

test("a drain waits until the batch at the store is durable, and its caller gets the reply", async () => {
  const held: PendingBatch[] = [];
  const { engine } = await startEngine({ store: new MemoryStore({ onBatch: (batch) => void held.push(batch) }) });
  const reply = trigger(engine, 1);
  while (held.length === 0) await turn();
  engine.close();
  let isDrained = false;
  const drained = engine.drain().then(() => {
    isDrained = true;
  });
  await turn();
  assert.ok(!isDrained);
  held[0]?.answer();
  assert.equal((await reply).type, "run");
  await drained;
});

test("a drain gives up on a store that does not answer, and refuses the callers who wait", async () => {
  const held: PendingBatch[] = [];
  const { engine } = await startEngine({
    store: new MemoryStore({ onBatch: (batch) => void held.push(batch) }),
    clock,
  });
  const refused = assert.rejects(trigger(engine, 1), { code: "STOPPING" });
  while (held.length === 0) await turn();
  engine.close();
  await engine.drain();
  await refused;
});

/** Writes a run into the store as another owner would. */
function land(store: MemoryStore, run: Run, replaces: number): void {
  assert.equal(store.disk.write({ run, replaces }, 0, run.revision), "written");
}

function queuedRun(number: number): Run {
  return createRun(newRun(number), undefined, definition(), 0);
}

test("a run that somebody else has ended meanwhile is answered with its end, and its watchers are told", async () => {
  const store = new MemoryStore();
  land(store, queuedRun(1), 0);
  const { engine, reloaded } = await startEngine({ store });
  while (engine.find(runId(1)) === undefined) await turn();
  land(store, { ...queuedRun(1), status: "completed", revision: 2 }, 1);
  const reply = await engine.request((requestId) => {
    return { type: "cancelRequested", runId: runId(1), requestId, reason: "enough" };
  });
  assert.deepEqual([reply.type === "run" && reply.run.status, reloaded], ["completed", [runId(1)]]);
  assert.equal(engine.find(runId(1)), undefined);
});

test("runs that are refused together are reloaded together, and none is dispatched as it had been", async () => {
  const batches: (readonly string[])[] = [];
  const store = new MemoryStore({
    onBatch: (pending) => {
      batches.push(pending.batch.writes.map(({ run }) => `${run.id} ${run.status}`));
      pending.answer();
    },
  });
  store.disk.versions.push(version("20260101.1", [definition()]));
  const { engine, reloaded } = await startEngine({ store });
  const capacity = { concurrency: 1, cpu: 8, memoryGb: 16, overcommit: false };
  const hello = { runnerId: runnerId("a"), session: 1, capacity, versions: ["20260101.1"], held: [], draining: false };
  engine.step({ type: "runnerConnected", runner: hello });
  await trigger(engine, 1);
  const first = engine.find(runId(1));
  assert.ok(first?.current);
  const ended: Run = { ...first, status: "completed", current: undefined, revision: first.revision + 1 };
  land(store, ended, first.revision);
  land(store, { ...queuedRun(2), status: "canceled" }, 0);
  const { id: attemptId, assignedAt: startedAt } = first.current;
  engine.step({ type: "attemptStarted", runId: first.id, runnerId: hello.runnerId, attemptId, startedAt });
  const reply = await trigger(engine, 2);
  assert.deepEqual([reply.type === "run" && reply.run.status, reloaded], ["canceled", [runId(1), runId(2)]]);
  await engine.whenDurable();
  assert.deepEqual(batches, [["run_0001 dequeued"], ["run_0001 executing", "run_0002 queued"]]);
});

test("a page that was read before a cancellation does not bring the canceled run back", async () => {
  const held: PendingBatch[] = [];
  let letRead = (): void => undefined;
  const store = new MemoryStore({
    onBatch: (pending) => void held.push(pending),
    onCall: (method) => {
      if (method !== "readBacklog") return;
      return new Promise((resolve) => {
        letRead = resolve;
      });
    },
  });
  store.disk.versions.push(version("20260101.1", [definition()]));
  const stored = queuedRun(1);
  land(store, stored, 0);
  const { engine } = await startEngine({ store });
  const reply = engine.request((requestId) => {
    return { type: "cancelRequested", runId: stored.id, requestId, reason: "enough", stored };
  });
  while (held.length === 0) await turn();
  letRead();
  await turn();
  await turn();
  assert.equal(engine.find(stored.id)?.status, "canceled");
  held[0]?.answer();
  await reply;
  assert.equal(store.disk.runs.get(stored.id)?.run.status, "canceled");
  assert.equal(engine.find(stored.id), undefined);
});
