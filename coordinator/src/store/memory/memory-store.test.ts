import assert from "node:assert/strict";
import { test } from "node:test";
import type { RunId } from "@baton/proto/contract/ids";
import { createRun } from "../../core/life/new-run.ts";
import type { Run } from "../../core/life/run.ts";
import { StoreError } from "../../errors.ts";
import type { PendingBatch } from "./memory-disk.ts";
import { MemoryDisk } from "./memory-disk.ts";
import { MemoryStore } from "./memory-store.ts";

test("a held batch is applied when the simulator says so, also under a new owner", async () => {
  const disk = new MemoryDisk();
  const { store, held } = await openHolding(disk);
  void store.commitBatch({ number: 1, writes: [{ run: run(1), replaces: 0 }] });
  const next = await openPlain(disk);
  assert.deepEqual(await next.findRuns([run(1).id], false), []);
  held[0]?.apply();
  assert.deepEqual(await next.findRuns([run(1).id], false), [{ run: run(1) }]);
});

test("a late batch of an earlier owner changes nothing when the revision has moved on", async () => {
  const disk = new MemoryDisk();
  const first = await openHolding(disk);
  void first.store.commitBatch({ number: 1, writes: [{ run: run(1, 1, "executing"), replaces: 0 }] });
  const next = await openPlain(disk);
  await next.commitBatch({ number: 1, writes: [{ run: run(1), replaces: 0 }] });
  assert.deepEqual(first.held[0]?.apply(), { conflicts: [run(1).id] });
  assert.deepEqual(await next.findRuns([run(1).id], false), [{ run: run(1) }]);
});

test("a batch that was applied and whose answer was lost is recognised when it is sent again", async () => {
  const { store, held } = await openHolding(new MemoryDisk());
  const batch = { number: 1, writes: [{ run: run(1), replaces: 0 }] };
  const lost = store.commitBatch(batch);
  held[0]?.apply();
  held[0]?.fail(new StoreError("lost"));
  await assert.rejects(lost, { code: "STORE_UNAVAILABLE" });
  const again = store.commitBatch(batch);
  held[1]?.answer();
  assert.deepEqual(await again, { conflicts: [] });
});

test("a batch that failed before it was applied leaves nothing", async () => {
  const { store, held, disk } = await openHolding(new MemoryDisk());
  const failed = store.commitBatch({ number: 1, writes: [{ run: run(1), replaces: 0 }] });
  held[0]?.fail(new StoreError("refused"));
  await assert.rejects(failed);
  assert.equal(disk.runs.size, 0);
});

test("a crash applies a subset of the writes on their way, chosen by the random numbers alone", async () => {
  const subset = async (numbers: readonly number[]) => {
    const { store, disk } = await openHolding(new MemoryDisk());
    void store.commitBatch({ number: 1, writes: [1, 2, 3].map((n) => ({ run: run(n), replaces: 0 })) });
    void store.commitBatch({ number: 2, writes: [{ run: run(4), replaces: 0 }] });
    const left = [...numbers];
    disk.crash(() => left.shift() ?? 0);
    assert.equal(disk.unacknowledged.size, 0);
    return [...disk.runs.keys()];
  };
  assert.deepEqual(await subset([0.9, 0.1, 0.9, 0.1]), [run(2).id, run(4).id]);
  assert.deepEqual(await subset([0.9, 0.9, 0.9, 0.9]), []);
});

test("an acknowledged batch is not touched by a crash", async () => {
  const disk = new MemoryDisk();
  const store = await openPlain(disk);
  await store.commitBatch({ number: 1, writes: [{ run: run(1), replaces: 0 }] });
  disk.crash(() => 0.9);
  assert.deepEqual(await (await openPlain(disk)).findRuns([run(1).id], false), [{ run: run(1) }]);
});

test("every other method can be made to fail by its name", async () => {
  const store = new MemoryStore({
    onCall: (method) => {
      if (method === "listLanes") throw new StoreError("away");
    },
  });
  await store.open();
  await assert.rejects(store.listLanes(), { code: "STORE_UNAVAILABLE" });
  assert.deepEqual(await store.listPendingTasks(), []);
});

async function openPlain(disk: MemoryDisk): Promise<MemoryStore> {
  const store = new MemoryStore({ disk });
  await store.open();
  return store;
}

async function openHolding(disk: MemoryDisk): Promise<{ store: MemoryStore; disk: MemoryDisk; held: PendingBatch[] }> {
  const held: PendingBatch[] = [];
  const store = new MemoryStore({ disk, onBatch: (pending) => void held.push(pending) });
  await store.open();
  return { store, disk, held };
}

function run(n: number, revision = 1, status: Run["status"] = "queued"): Run {
  const request = {
    id: `run_${n}` as RunId,
    taskId: "t",
    priorityMs: 0,
    tags: [],
    triggerFunction: "trigger",
    isReplay: false,
    isTest: false,
  } as const;
  return { ...createRun(request, undefined, undefined, n), revision, status };
}
