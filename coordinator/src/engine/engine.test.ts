import assert from "node:assert/strict";
import { test } from "node:test";
import { systemClock } from "@baton/proto/clock";
import { definition, newRun, runId, version } from "../core/life/run.test.support.ts";
import { StoreError } from "../errors.ts";
import type { PendingBatch } from "../store/memory/memory-disk.ts";
import { MemoryStore } from "../store/memory/memory-store.ts";
import { startEngine } from "./engine.test.support.ts";
import type { Engine } from "./engine.ts";

/** Timers of this clock fire at once. */
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
