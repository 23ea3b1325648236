import assert from "node:assert/strict";
import { test } from "node:test";
import type { KeyClaim } from "@baton/coordinator/internal/store/store";
import { builtInRetryPolicy } from "@baton/proto/contract/retry";
import { OpenedPlace, type StorePlace } from "./opened-place.ts";
import { finishedRun, queuedRun, runId, runIn } from "./stored-runs.ts";

const version = {
  hash: "a",
  registeredAt: 7,
  tasks: [
    {
      id: "resize",
      filePath: "trigger/resize.ts",
      exportName: "resize",
      queue: "task/resize",
      machine: "small-1x",
      retry: builtInRetryPolicy,
    },
  ],
} as const;

/** Tests the promises to exports and imports. */
export function testMoving(makePlace: () => StorePlace): void {
  test("keys are read in their order, page after page", async () => {
    await using place = await OpenedPlace.open(makePlace());
    const keys = ["a\u001f1", "a\u001f2", "a\u0000", "a\u0001", "ab", "b\u001f0", "é", "x"];
    const claims = keys.map((key, n): KeyClaim => ({ key, runId: runId(n), expiresAt: n }));
    await place.store.claimKeys(claims, -1);
    const expected = claims.toSorted((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
    for (const limit of [1, 3, 100]) {
      const read: KeyClaim[] = [];
      for (;;) {
        const page = await place.store.readKeys(read.at(-1)?.key, limit);
        assert.ok(page.length <= limit);
        read.push(...page);
        if (page.length < limit) break;
      }
      assert.deepEqual(read, expected);
    }
  });

  test("a page of log lines is full unless it is the last one", async () => {
    await using place = await OpenedPlace.open(makePlace());
    await place.insert(runIn("executing", 1));
    for (let n = 0; n < 10; n++) {
      const line = { at: n, level: "info", message: `${n}`, attemptNumber: 1, attemptId: "attempt_a" } as const;
      await place.store.appendLogs([{ runId: runId(1), entries: [line, line, line] }]);
    }
    const sizes: number[] = [];
    let after = 0;
    while (sizes.at(-1) !== 2) {
      const page = await place.store.readLogs(runId(1), after, 7);
      sizes.push(page.length);
      after = page.at(-1)?.sequence ?? 0;
    }
    assert.deepEqual(sizes, [7, 7, 7, 7, 2]);
  });

  test("a version that has a name keeps it, and the next one is named after it", async () => {
    await using place = await OpenedPlace.open(makePlace());
    const named = { ...version, version: "20260101.7" };
    assert.deepEqual(await place.store.registerVersion(named, "20260101"), named);
    assert.deepEqual(await place.store.registerVersion(named, "20260101"), named);
    const next = await place.store.registerVersion({ ...version, hash: "b" }, "20260101");
    assert.equal(next.version, "20260101.8");
    await place.reopen();
    assert.deepEqual((await place.store.loadVersions()).map(({ version }) => version).sort(), [
      "20260101.7",
      "20260101.8",
    ]);
  });

  test("while an import is not finished, only another import may open the store, and it finds nothing there", async () => {
    await using place = await OpenedPlace.open(makePlace());
    await place.store.markImport(true);
    await place.commit([
      { run: queuedRun(1, { tags: ["t"] }), replaces: 0, payload: `"${"x".repeat(200_000)}"` },
      { run: finishedRun(2, 5, { parentRunId: runId(1), batchId: "batch_a" }), replaces: 0, output: '"small"' },
      { run: runIn("executing", 3), replaces: 0 },
    ]);
    const line = { at: 1, level: "info", message: "m", attemptNumber: 1, attemptId: "attempt_a" } as const;
    await place.store.appendLogs([{ runId: runId(3), entries: [line] }]);
    await place.store.claimKeys([{ key: "k", runId: runId(1), expiresAt: 9 }], 0);
    await place.store.registerVersion(version, "20260101");
    for (const purpose of ["serve", "export"] as const) {
      const refused = { code: "STORE_HALF_IMPORTED", message: /Import into it again/ };
      await assert.rejects(place.reopen(purpose), refused);
    }
    await place.reopen("import");
    assert.deepEqual(await place.store.listRuns({}, {}, 5), []);
    assert.deepEqual(await place.store.listRuns({ tags: ["t"] }, {}, 5), []);
    assert.deepEqual(await place.store.loadActive(), []);
    assert.deepEqual(await place.store.listLanes(), []);
    assert.deepEqual(await place.store.readKeys(undefined, 5), []);
    assert.deepEqual(await place.store.loadVersions(), []);
    await place.insert(queuedRun(1), queuedRun(3));
    assert.deepEqual(await place.store.findRuns([runId(1)], true), [{ run: queuedRun(1) }]);
    assert.deepEqual(await place.store.readLogs(runId(3), 0, 5), []);
    await assert.rejects(place.reopen("serve"), { code: "STORE_HALF_IMPORTED" });
  });

  test("a finished import leaves a store like any other", async () => {
    await using place = await OpenedPlace.open(makePlace());
    await place.reopen("import");
    await place.store.markImport(true);
    await place.insert(queuedRun(1));
    await place.store.markImport(false);
    for (const purpose of ["serve", "export", "import"] as const) {
      await place.reopen(purpose);
      assert.deepEqual(await place.find(runId(1)), queuedRun(1));
    }
  });

  test("an export of what is not there is refused and makes no store", async () => {
    const place = makePlace();
    for (const _try of [1, 2]) {
      const store = place.makeStore();
      await assert.rejects(store.open("export"), { code: "STORE_UNUSABLE", message: /There is no store/ });
      await store.close();
    }
    await place.remove();
  });
}
