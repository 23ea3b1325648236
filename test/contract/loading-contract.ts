import assert from "node:assert/strict";
import { test } from "node:test";
import type { Run } from "@baton/coordinator";
import { type LaneKey, laneKeyOf, type SortKey, sortKeyOf } from "@baton/coordinator/internal/core/scheduling/lane";
import type { Page } from "@baton/coordinator/internal/store/store";
import { idsOf, OpenedPlace, type StorePlace } from "./opened-place.ts";
import { changed, finishedRun, firstCreation, lingering, queuedRun, runId, runIn } from "./stored-runs.ts";

/** Tests the promises of the reads that fill the core. */
export function testLoading(makePlace: () => StorePlace): void {
  test("active are the runs that hold a slot and final ones of which something is left to do", async () => {
    await using place = await OpenedPlace.open(makePlace());
    const active = [
      runIn("dequeued", 1),
      runIn("executing", 2),
      runIn("waiting", 3),
      runIn("timedOut", 4, { lingering, finishedAt: 9 }),
      runIn("canceled", 5, { descendantsToCancel: true, finishedAt: 9 }),
    ];
    await place.insert(
      ...active,
      queuedRun(9),
      runIn("delayed", 6, { dueAt: 1 }),
      runIn("pendingVersion", 7),
      finishedRun(8, 9),
    );
    assert.deepEqual(sorted(await place.store.loadActive()), active);
    await place.commit([{ run: changed(runIn("timedOut", 4, { finishedAt: 9 })), replaces: 1 }]);
    await place.commit([{ run: changed(runIn("canceled", 5, { finishedAt: 9 })), replaces: 1 }]);
    assert.deepEqual(sorted(await place.store.loadActive()), active.slice(0, 3));
  });

  test("a run without texts of its own is loaded whole", async () => {
    await using place = await OpenedPlace.open(makePlace());
    const run = runIn("executing", 1, { error: { type: "string", raw: "\u0000 and \u001f" }, tags: ["t"] });
    await place.insert(run);
    assert.deepEqual(await place.store.loadActive(), [run]);
  });

  test("lanes are those with queued runs, each once", async () => {
    await using place = await OpenedPlace.open(makePlace());
    const other = { concurrencyKey: "k\u0000\u0001\u0001", machine: "micro", version: "20260101.1" } as const;
    await place.insert(queuedRun(1), queuedRun(2), queuedRun(3, other), runIn("executing", 4, { taskId: "x" }));
    const lanes = [laneKeyOf(queuedRun(1)), laneKeyOf(queuedRun(3, other))];
    assert.deepEqual((await place.store.listLanes()).toSorted(), lanes.toSorted());
    assert.deepEqual(idsOf((await readLane(place, laneOf(3, other), undefined, 9)).runs), [runId(3)]);
    await place.commit([{ run: changed(queuedRun(3, other), { status: "executing" }), replaces: 1 }]);
    assert.deepEqual(await place.store.listLanes(), [laneKeyOf(queuedRun(1))]);
  });

  test("the queued runs of a queue are counted over all its lanes", async () => {
    await using place = await OpenedPlace.open(makePlace());
    const keyed = { concurrencyKey: "k\u0000\u0001", version: "20260101.1" } as const;
    await place.insert(
      queuedRun(1),
      queuedRun(2, keyed),
      queuedRun(3, { queue: "q\u0001\u0000" }),
      runIn("executing", 4),
    );
    const lengths = new Map(await place.store.countQueued());
    assert.deepEqual([lengths.get("task/resize"), lengths.get("q\u0001\u0000"), lengths.size], [2, 1, 2]);
    await place.commit([{ run: changed(queuedRun(2, keyed), { status: "executing" }), replaces: 1 }]);
    assert.equal(new Map(await place.store.countQueued()).get("task/resize"), 1);
  });

  test("many lanes are all listed", async () => {
    await using place = await OpenedPlace.open(makePlace());
    await place.insert(...Array.from({ length: 500 }, (_, n) => queuedRun(n, { concurrencyKey: `k${n % 250}` })));
    assert.equal((await place.store.listLanes()).length, 250);
  });

  test("a lane is read in pages by sort time and then id, without gap or double", async () => {
    await using place = await OpenedPlace.open(makePlace());
    const runs = Array.from({ length: 25 }, (_, n) => queuedRun(n, { queueTime: firstCreation + Math.floor(n / 4) }));
    await place.insert(...runs.toReversed(), queuedRun(99, { taskId: "other" }));
    const lane = laneOf(0);
    for (const limit of [1, 4, 7, 25, 26]) {
      assert.deepEqual(await readAll((after) => readLane(place, lane, after, limit)), idsOf(runs));
    }
  });

  test("priority moves a run forward in its lane", async () => {
    await using place = await OpenedPlace.open(makePlace());
    await place.insert(queuedRun(1), queuedRun(2, { priorityMs: 10 }), queuedRun(3, { priorityMs: 20 }));
    const { runs, end } = await readLane(place, laneOf(1), undefined, 3);
    assert.deepEqual(idsOf(runs), [runId(3), runId(2), runId(1)]);
    assert.equal(end, undefined);
  });

  test("the end of a page is the place of its last run", async () => {
    await using place = await OpenedPlace.open(makePlace());
    await place.insert(queuedRun(1), queuedRun(2, { priorityMs: -5 }), queuedRun(3, { priorityMs: -9 }));
    const { end } = await readLane(place, laneOf(1), undefined, 2);
    assert.deepEqual(end, { time: firstCreation + 7, id: runId(2) });
  });

  test("an unknown lane is empty", async () => {
    await using place = await OpenedPlace.open(makePlace());
    assert.deepEqual(await readLane(place, "nothing" as LaneKey, undefined, 5), { runs: [] });
  });

  test("pages of several lanes are read at once, each from its own place and with its own limit", async () => {
    await using place = await OpenedPlace.open(makePlace());
    const other = { taskId: "other" };
    await place.insert(...[1, 2, 3].map((n) => queuedRun(n)), ...[4, 5, 6].map((n) => queuedRun(n, other)));
    const [rest, unknown, head] = await place.store.readBacklog([
      { lane: laneOf(4, other), after: sortKeyOf(queuedRun(4, other)), limit: 5 },
      { lane: "nothing" as LaneKey, after: undefined, limit: 5 },
      { lane: laneOf(1), after: undefined, limit: 2 },
    ]);
    assert.deepEqual([idsOf(rest?.runs ?? []), rest?.end], [[runId(5), runId(6)], undefined]);
    assert.deepEqual(unknown, { runs: [] });
    assert.deepEqual([idsOf(head?.runs ?? []), head?.end], [[runId(1), runId(2)], sortKeyOf(queuedRun(2))]);
  });

  test("due runs are read in pages by due time and then id, up to the given time", async () => {
    await using place = await OpenedPlace.open(makePlace());
    const due = Array.from({ length: 12 }, (_, n) =>
      runIn(n % 2 === 0 ? "delayed" : "reattempting", n, { dueAt: 100 + Math.floor(n / 3) }),
    );
    const expiring = queuedRun(51, { dueAt: 103 });
    await place.insert(...due.toReversed(), runIn("delayed", 50, { dueAt: 104 }), queuedRun(52), expiring);
    for (const limit of [1, 5, 13]) {
      assert.deepEqual(await readAll((after) => place.store.readDue(after, 103, limit)), idsOf([...due, expiring]));
    }
    await place.commit([{ run: changed(due[0] as Run, { status: "queued", dueAt: undefined }), replaces: 1 }]);
    assert.equal((await place.store.readDue(undefined, 103, 99)).runs.length, 12);
  });

  test("pending tasks and their runs are found until the version comes", async () => {
    await using place = await OpenedPlace.open(makePlace());
    const pending = [3, 1, 2].map((n) => runIn("pendingVersion", n, { taskId: "later" }));
    await place.insert(...pending, runIn("pendingVersion", 4, { taskId: "soon" }), queuedRun(5));
    assert.deepEqual((await place.store.listPendingTasks()).toSorted(), ["later", "soon"]);
    const ids = await readAll((after) => place.store.readPending("later", after, 2));
    assert.deepEqual(ids, [runId(1), runId(2), runId(3)]);
    await place.commit([{ run: changed(runIn("pendingVersion", 4), { status: "queued" }), replaces: 1 }]);
    assert.deepEqual(await place.store.listPendingTasks(), ["later"]);
  });
}

function laneOf(n: number, members: Partial<Run> = {}): LaneKey {
  return laneKeyOf(queuedRun(n, members));
}

function sorted(runs: readonly Run[]): readonly Run[] {
  return runs.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

async function readAll(read: (after: SortKey | undefined) => Promise<Page>): Promise<readonly Run["id"][]> {
  const ids: Run["id"][] = [];
  let after: SortKey | undefined;
  do {
    const page = await read(after);
    ids.push(...idsOf(page.runs));
    after = page.end;
  } while (after !== undefined);
  return ids;
}

async function readLane(
  { store }: OpenedPlace,
  lane: LaneKey,
  after: SortKey | undefined,
  limit: number,
): Promise<Page> {
  const [page] = await store.readBacklog([{ lane, after, limit }]);
  assert.ok(page);
  return page;
}
