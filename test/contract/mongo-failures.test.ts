import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { createStore, type Run, type Store } from "@baton/coordinator";
import type { Batch, RunWrite } from "@baton/coordinator/internal/store/store";
import { waitUntil } from "@baton/proto/testing/wait-until.test.support";
import { makeGate } from "../support/gate.ts";
import { findMongoServer, howToGetAServer } from "../support/mongo-server.ts";
import { ProxiedStore } from "./proxied-store.ts";
import { changed, queuedRun, runId } from "./stored-runs.ts";

const old = queuedRun(1);
/** One update and one insert, which are sent at the same time. */
const writes: readonly RunWrite[] = [
  { run: changed(old, { status: "executing" }), replaces: 1 },
  { run: queuedRun(2), replaces: 0, payload: '"two"' },
];
const batch: Batch = { number: 2, writes };

async function assertWrittenOnce(store: Store): Promise<void> {
  const found = await store.findRuns([runId(1), runId(2)], true);
  const byId = new Map(found.map((stored) => [stored.run.id, stored]));
  assert.deepEqual(byId.get(runId(1)), { run: writes[0]?.run });
  assert.deepEqual(byId.get(runId(2)), { run: writes[1]?.run, payload: '"two"' });
}

const server = await findMongoServer();
after(() => server?.stop());

describe("when the way to the server fails", { skip: server === undefined ? howToGetAServer : false }, () => {
  if (server === undefined) return;

  const fates = [
    ["was cut before the server saw it", "cutBefore"],
    ["was applied and its answer was lost", "cutAfter"],
  ] as const;
  for (const command of ["insert", "update"]) {
    for (const [what, type] of fates) {
      test(`a batch whose ${command} ${what} is sent again unchanged and is written once`, async () => {
        await using proxied = await ProxiedStore.open(server);
        await proxied.store.commitBatch({ number: 1, writes: [{ run: old, replaces: 0 }] });
        proxied.once(command, { type });
        await assert.rejects(proxied.store.commitBatch(batch), { code: "STORE_UNAVAILABLE" });
        assert.deepEqual(await proxied.store.commitBatch(batch), { conflicts: [] });
        assert.deepEqual(await proxied.store.commitBatch(batch), { conflicts: [] });
        await assertWrittenOnce(proxied.store);
      });
    }
  }

  for (const [what, type] of [
    ["request", "holdRequest"],
    ["answer", "holdAnswer"],
  ] as const) {
    test(`a batch whose ${what} is late counts as not answered, and does no harm when it comes`, async () => {
      await using proxied = await ProxiedStore.open(server);
      await proxied.store.commitBatch({ number: 1, writes: [{ run: old, replaces: 0 }] });
      const { promise, resolve } = makeGate();
      proxied.once("update", { type, until: promise });
      await assert.rejects(proxied.store.commitBatch(batch), { code: "STORE_UNAVAILABLE", message: /within 5 s/ });
      assert.deepEqual(await proxied.store.commitBatch(batch), { conflicts: [] });
      const next: Run = changed(changed(old), { status: "completed" });
      assert.deepEqual(await proxied.store.commitBatch({ number: 3, writes: [{ run: next, replaces: 2 }] }), {
        conflicts: [],
      });
      resolve();
      assert.deepEqual((await proxied.store.findRuns([old.id], false))[0]?.run, next);
    });
  }

  test("a read whose connection is cut is asked once more", async () => {
    await using proxied = await ProxiedStore.open(server);
    await proxied.store.commitBatch({ number: 1, writes: [{ run: old, replaces: 0 }] });
    proxied.once("find", { type: "cutAfter" });
    assert.deepEqual(await proxied.store.findRuns([old.id], false), [{ run: old }]);
  });

  test("lists that take long leave connections to batches and renewals", async () => {
    await using proxied = await ProxiedStore.open(server);
    const { promise, resolve } = makeGate();
    let held = 0;
    proxied.proxy.decide = ({ collection, command }) => {
      if (collection !== "prod.runs" || command !== "find") return { type: "pass" };
      held += 1;
      return { type: "holdAnswer", until: promise };
    };
    const lists = Array.from({ length: 40 }, () => proxied.store.listRuns({ queues: ["some"] }, {}, 10));
    await waitUntil("lists to be on their way", () => held > 0);
    assert.deepEqual(await proxied.store.commitBatch({ number: 1, writes: [{ run: old, replaces: 0 }] }), {
      conflicts: [],
    });
    resolve();
    assert.deepEqual(await Promise.all(lists), Array(40).fill([]));
  });

  test("a key whose claim was applied and not answered belongs to its run", async () => {
    await using proxied = await ProxiedStore.open(server);
    let isDue = true;
    proxied.proxy.decide = ({ collection }) => {
      if (collection !== "prod.keys" || !isDue) return { type: "pass" };
      isDue = false;
      return { type: "cutAfter" };
    };
    const claim = { key: "k", runId: runId(1), expiresAt: 9 };
    assert.deepEqual(await proxied.store.claimKeys([claim], 0), [claim]);
  });

  test("after a while without the server everything goes on by itself, with the same ownership", async () => {
    await using proxied = await ProxiedStore.open(server);
    await proxied.store.commitBatch({ number: 1, writes: [{ run: old, replaces: 0 }] });
    proxied.proxy.refuse(true);
    await assert.rejects(proxied.store.commitBatch(batch), { code: "STORE_UNAVAILABLE" });
    await assert.rejects(proxied.store.loadActive(), { code: "STORE_UNAVAILABLE" });
    proxied.proxy.refuse(false);
    await waitUntil("the store to take the batch", async () => {
      const result = await proxied.store.commitBatch(batch).catch(() => undefined);
      return result?.conflicts.length === 0;
    });
    await assertWrittenOnce(proxied.store);
  });

  test("an insert of an owner that is gone, which lands after the next one has loaded, is met as a conflict", async () => {
    await using proxied = await ProxiedStore.open(server);
    const { promise, resolve } = makeGate();
    proxied.once("insert", { type: "holdRequest", until: promise });
    const late = proxied.store.commitBatch({ number: 1, writes: [{ run: old, replaces: 0, payload: '"late"' }] });
    await assert.rejects(late, { code: "STORE_UNAVAILABLE" });
    await proxied.store.close();
    const next = createStore(proxied.database.address, "prod");
    await next.open();
    assert.deepEqual(await next.listLanes(), []);
    resolve();
    await waitUntil("the insert to land", async () => (await next.findRuns([old.id], false)).length === 1);
    const { conflicts } = await next.commitBatch({ number: 1, writes: [{ run: old, replaces: 0, payload: '"new"' }] });
    assert.deepEqual(conflicts, [old.id]);
    assert.deepEqual(await next.findRuns([old.id], true), [{ run: old, payload: '"late"' }]);
    await next.close();
  });
});
