import assert from "node:assert/strict";
import { test } from "node:test";
import type { Run } from "@baton/coordinator";
import type { RunFilter } from "@baton/coordinator/internal/store/store";
import { idsOf, OpenedPlace, type StorePlace } from "./opened-place.ts";
import { firstCreation, lingering, queuedRun, runId, runIn } from "./stored-runs.ts";

const examples: readonly Run[] = [
  queuedRun(0),
  runIn("executing", 1, { version: "20260101.1", machine: "micro", tags: ["red"] }),
  runIn("completed", 2, { taskId: "mail", queue: "mails", tags: ["red", "blue"], batchId: "batch_a" }),
  runIn("failed", 3, { parentRunId: runId(2), isTest: true, version: "20260101.2" }),
  runIn("completed", 4, { lingering, batchId: "batch_a", tags: ["blue"], parentRunId: runId(2) }),
  runIn("delayed", 5, { taskId: "mail", dueAt: 1, isTest: true }),
  runIn("dequeued", 6, { taskId: "mail", queue: "mails" }),
];

const filters: readonly (readonly [string, RunFilter, readonly number[]])[] = [
  ["nothing", {}, [6, 5, 4, 3, 2, 1, 0]],
  ["empty lists", { statuses: [], taskIds: [], tags: [] }, [6, 5, 4, 3, 2, 1, 0]],
  ["a status", { statuses: ["completed"] }, [4, 2]],
  ["an active status", { statuses: ["executing"] }, [1]],
  ["statuses", { statuses: ["failed", "dequeued", "queued"] }, [6, 3, 0]],
  ["tasks", { taskIds: ["mail"] }, [6, 5, 2]],
  ["two tasks", { taskIds: ["mail", "resize"] }, [6, 5, 4, 3, 2, 1, 0]],
  ["task and status", { taskIds: ["mail"], statuses: ["completed"] }, [2]],
  ["task and rare status", { taskIds: ["resize"], statuses: ["failed"] }, [3]],
  ["versions", { versions: ["20260101.1", "20260101.2"] }, [3, 1]],
  ["a tag", { tags: ["red"] }, [2, 1]],
  ["any of the tags", { tags: ["blue", "red"] }, [4, 2, 1]],
  ["tag and status", { tags: ["red"], statuses: ["executing"] }, [1]],
  ["queues", { queues: ["mails"] }, [6, 2]],
  ["machines", { machines: ["micro"] }, [1]],
  ["a batch", { batchId: "batch_a" }, [4, 2]],
  ["batch and tag", { batchId: "batch_a", tags: ["red"] }, [2]],
  ["a parent", { parentRunId: runId(2) }, [4, 3]],
  ["tests", { isTest: true }, [5, 3]],
  ["no tests", { isTest: false, statuses: ["completed", "failed"] }, [4, 2]],
  ["creation from", { createdFrom: firstCreation + 4 }, [6, 5, 4]],
  ["creation to", { createdTo: firstCreation + 1 }, [1, 0]],
  ["creation between", { createdFrom: firstCreation + 2, createdTo: firstCreation + 2 }, [2]],
  ["what no run has", { tags: ["green"] }, []],
];

/** Tests the promises of `listRuns`. */
export function testLists(makePlace: () => StorePlace): void {
  test("a list holds the runs that pass the filter, newest first, and pages in both directions", async (t) => {
    await using place = await OpenedPlace.open(makePlace());
    await place.insert(...examples);
    for (const [name, filter, numbers] of filters) {
      await t.test(`filtered by ${name}`, async () => {
        const expected = numbers.map(runId);
        assert.deepEqual(idsOf(await place.store.listRuns(filter, {}, 50)), expected);
        assert.deepEqual(idsOf(await place.store.listRuns(filter, {}, 2)), expected.slice(0, 2));
        for (const cursor of examples) {
          const older = expected.filter((id) => id < cursor.id);
          const newer = expected.filter((id) => id > cursor.id);
          const before = await place.store.listRuns(filter, { before: cursor }, 2);
          assert.deepEqual(idsOf(before), older.slice(0, 2), `before ${cursor.id}`);
          const after = await place.store.listRuns(filter, { after: cursor }, 2);
          assert.deepEqual(idsOf(after), newer.slice(-2), `after ${cursor.id}`);
        }
      });
    }
  });

  test("runs are found by the beginning of their id, in the order of ids", async () => {
    await using place = await OpenedPlace.open(makePlace());
    const ids = [
      "run_ab00000000",
      "run_aB00000000",
      "run_ab0000000z",
      "run_ab00000000z",
      "run_b000000000",
      "run_ac00000000",
    ];
    // Created in another order than by id.
    await place.insert(...ids.map((id, n) => queuedRun(n, { id: id as Run["id"] })));
    const find = async (prefix: string, limit = 10) => idsOf(await place.store.findRunsByPrefix(prefix, limit));
    const sorted = ["run_aB00000000", "run_ab00000000", "run_ab00000000z", "run_ab0000000z", "run_ac00000000"];
    assert.deepEqual(await find("run_a"), sorted);
    assert.deepEqual(await find("run_ab"), sorted.slice(1, 4));
    assert.deepEqual(await find("run_ab", 2), sorted.slice(1, 3));
    assert.deepEqual(await find("run_ab00000000"), sorted.slice(1, 3));
    assert.deepEqual(await find("run_ab0000000z"), ["run_ab0000000z"]);
    assert.deepEqual(await find("run_"), [...sorted, "run_b000000000"]);
    assert.deepEqual(await find("run_d"), []);
    assert.deepEqual(await find("run_b0000000000"), []);
  });

  test("a filter follows the changes of a run", async () => {
    await using place = await OpenedPlace.open(makePlace());
    await place.insert(queuedRun(1));
    for (const [revision, status] of [
      [2, "executing"],
      [3, "reattempting"],
      [4, "completed"],
    ] as const) {
      await place.commit([{ run: runIn(status, 1, { revision, dueAt: 5 }), replaces: revision - 1 }]);
      assert.deepEqual(idsOf(await place.store.listRuns({ statuses: [status] }, {}, 5)), [runId(1)]);
      assert.deepEqual(await place.store.listRuns({ statuses: ["queued"] }, {}, 5), []);
    }
  });

  test("runs created in the same millisecond are listed by id, page after page", async () => {
    await using place = await OpenedPlace.open(makePlace());
    await place.insert(...Array.from({ length: 20 }, (_, n) => queuedRun(n, { createdAt: firstCreation })));
    const found: Pick<Run, "id" | "createdAt">[] = [];
    for (;;) {
      const before = found.at(-1);
      const page = await place.store.listRuns({}, before === undefined ? {} : { before }, 3);
      if (page.length === 0) break;
      found.push(...page);
    }
    assert.deepEqual(
      idsOf(found),
      Array.from({ length: 20 }, (_, n) => runId(19 - n)),
    );
  });

  test("a few matches are found among thousands of runs, from both ends", async () => {
    await using place = await OpenedPlace.open(makePlace());
    const isRare = (n: number) => n % 1_000 === 999;
    await place.insert(
      ...Array.from({ length: 4_000 }, (_, n) => queuedRun(n, { version: isRare(n) ? "rare" : "usual" })),
    );
    const rare = [3_999, 2_999, 1_999, 999].map(runId);
    const filter = { versions: ["rare"] };
    assert.deepEqual(idsOf(await place.store.listRuns(filter, {}, 10)), rare);
    const after = { createdAt: firstCreation, id: runId(0) };
    assert.deepEqual(idsOf(await place.store.listRuns(filter, { after }, 2)), rare.slice(2));
    const before = { createdAt: firstCreation + 2_999, id: runId(2_999) };
    assert.deepEqual(idsOf(await place.store.listRuns(filter, { before, after }, 10)), rare.slice(2));
  });
}
