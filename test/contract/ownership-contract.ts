import assert from "node:assert/strict";
import { test } from "node:test";
import { idsOf, OpenedPlace, type StorePlace } from "./opened-place.ts";
import { queuedRun, runIn } from "./stored-runs.ts";

/** Tests the promises of `open` and `close`. */
export function testOwnership(makePlace: () => StorePlace): void {
  test("every opening has a larger epoch and finds the same data", async () => {
    await using place = await OpenedPlace.open(makePlace());
    const first = place.epoch;
    const runs = [queuedRun(1), runIn("executing", 2), runIn("delayed", 3, { dueAt: 5 })];
    await place.insert(...runs);
    await place.reopen();
    assert.ok(place.epoch > first, `${place.epoch} follows ${first}`);
    assert.deepEqual(idsOf(await place.store.listRuns({}, {}, 10)), idsOf(runs).toReversed());
    assert.deepEqual(await Promise.all(idsOf(runs).map((id) => place.find(id))), runs);
    const second = place.epoch;
    await place.reopen();
    assert.ok(place.epoch > second);
  });

  test("closing may come twice, together, and before opening", async () => {
    const place = makePlace();
    await place.makeStore().close();
    const store = place.makeStore();
    await store.open();
    await Promise.all([store.close(), store.close()]);
    await store.close();
    await place.remove();
  });

  test("a store that is not open refuses what it is asked", async () => {
    const place = makePlace();
    const unopened = place.makeStore();
    await assert.rejects(unopened.loadActive(), { code: "STORE_UNAVAILABLE" });
    const closed = place.makeStore();
    await closed.open();
    await closed.close();
    await assert.rejects(closed.commitBatch({ number: 1, writes: [] }), { code: "STORE_UNAVAILABLE" });
    await assert.rejects(closed.listLanes(), { code: "STORE_UNAVAILABLE" });
    await place.remove();
  });

  test("closing lets what was asked before it be done", async () => {
    await using place = await OpenedPlace.open(makePlace());
    const commits = [1, 2, 3].map((n) => place.commit([{ run: queuedRun(n), replaces: 0 }]));
    const closed = place.store.close();
    assert.deepEqual(await Promise.all(commits), Array(3).fill({ conflicts: [] }));
    await closed;
    await place.reopen();
    assert.equal((await place.store.listRuns({}, {}, 10)).length, 3);
  });
}
