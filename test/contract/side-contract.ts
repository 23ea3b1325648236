import assert from "node:assert/strict";
import { test } from "node:test";
import type { RunLogs } from "@baton/coordinator/internal/store/store";
import { storedKey } from "@baton/coordinator/internal/store/stored-key";
import { builtInRetryPolicy } from "@baton/proto/contract/retry";
import { OpenedPlace, type StorePlace } from "./opened-place.ts";
import { finishedRun, lingering, queuedRun, runId, runIn } from "./stored-runs.ts";

const task = {
  id: "resize",
  filePath: "trigger/resize.ts",
  exportName: "resize",
  queue: "task/resize",
  machine: "small-1x",
  retry: builtInRetryPolicy,
} as const;

/** Tests the promises about versions, keys, logs and retention. */
export function testSideData(makePlace: () => StorePlace): void {
  test("versions are named by day and count, and found again by their hash", async () => {
    await using place = await OpenedPlace.open(makePlace());
    const version = (hash: string) => ({ hash, registeredAt: 7, tasks: [task] });
    const first = await place.store.registerVersion(version("a"), "20260101");
    assert.deepEqual(first, { ...version("a"), version: "20260101.1" });
    for (let n = 2; n <= 11; n++) {
      const { version: name } = await place.store.registerVersion(version(`hash${n}`), "20260101");
      assert.equal(name, `20260101.${n}`);
    }
    assert.deepEqual(await place.store.registerVersion(version("a"), "20260102"), first);
    assert.equal((await place.store.registerVersion(version("b"), "20260102")).version, "20260102.1");
    await place.reopen();
    assert.equal((await place.store.registerVersion(version("c"), "20260102")).version, "20260102.2");
    // A clock that was set back must not make a new version older than earlier ones.
    assert.equal((await place.store.registerVersion(version("d"), "20251231")).version, "20260102.3");
    assert.equal((await place.store.loadVersions()).length, 14);
    assert.deepEqual(
      (await place.store.loadVersions()).find(({ hash }) => hash === "a"),
      first,
    );
  });

  test("a key belongs to the first who claims it, until it expires", async () => {
    await using place = await OpenedPlace.open(makePlace());
    const claim = (n: number, expiresAt: number) => ({ key: "resize\u0000key", runId: runId(n), expiresAt });
    assert.deepEqual(await place.store.claimKeys([claim(1, 100)], 0), [claim(1, 100)]);
    assert.deepEqual(await place.store.claimKeys([claim(2, 200)], 99), [claim(1, 100)]);
    assert.deepEqual(await place.store.claimKeys([claim(3, 300)], 100), [claim(3, 300)]);
    await place.reopen();
    assert.deepEqual(await place.store.claimKeys([claim(4, 400)], 101), [claim(3, 300)]);
  });

  test("a key is replaced only when the claim to be replaced still stands", async () => {
    await using place = await OpenedPlace.open(makePlace());
    const claim = (n: number) => ({ key: "k", runId: runId(n), expiresAt: 100 });
    await place.store.claimKeys([claim(1)], 0);
    assert.deepEqual(await place.store.claimKeys([{ ...claim(2), replaces: runId(9) }], 0), [claim(1)]);
    assert.deepEqual(await place.store.claimKeys([{ ...claim(2), replaces: runId(1) }], 0), [claim(2)]);
    assert.deepEqual(await place.store.claimKeys([{ ...claim(3), replaces: runId(1) }], 0), [claim(2)]);
  });

  test("of racing claims for one key exactly one wins, and all learn which", async () => {
    await using place = await OpenedPlace.open(makePlace());
    const racing = Array.from({ length: 20 }, (_, n) =>
      place.store.claimKeys([{ key: "k", runId: runId(n), expiresAt: 100 }], 0),
    );
    const winners = new Set((await Promise.all(racing)).map(([claim]) => claim?.runId));
    assert.equal(winners.size, 1);
  });

  test("claims of one call are answered in order, a repeated key by its first claim", async () => {
    await using place = await OpenedPlace.open(makePlace());
    const claims = [1, 2, 3].map((n) => ({ key: n === 3 ? "k1" : `k${n}`, runId: runId(n), expiresAt: 9 }));
    const standing = await place.store.claimKeys(claims, 0);
    assert.deepEqual(
      standing.map((claim) => claim.runId),
      [runId(1), runId(2), runId(1)],
    );
  });

  test("log lines of a run keep their order and are read in pages", async () => {
    await using place = await OpenedPlace.open(makePlace());
    await place.insert(runIn("executing", 1), runIn("executing", 2), runIn("executing", 3));
    await Promise.all([
      place.store.appendLogs([lines(1, 0, 5), lines(2, 0, 3)]),
      place.store.appendLogs([lines(1, 5, 9)]),
    ]);
    await place.reopen();
    await place.store.appendLogs([lines(1, 9, 12), lines(3, 0, 0)]);
    for (const limit of [1, 4, 100]) {
      const read: string[] = [];
      let after = 0;
      for (;;) {
        const page = await place.store.readLogs(runId(1), after, limit);
        const last = page.at(-1);
        if (last === undefined) break;
        assert.ok(last.sequence > after);
        after = last.sequence;
        read.push(...page.map((entry) => entry.message));
      }
      assert.deepEqual(
        read,
        Array.from({ length: 12 }, (_, n) => `line ${n} of run 1`),
      );
    }
    assert.deepEqual(await place.store.readLogs(runId(3), 0, 10), []);
    const [first] = await place.store.readLogs(runId(2), 0, 1);
    assert.deepEqual({ ...first, sequence: 0 }, { ...lines(2, 0, 1).entries[0], sequence: 0 });
  });

  test("log lines of a run that does not exist are dropped", async () => {
    await using place = await OpenedPlace.open(makePlace());
    await place.insert(runIn("executing", 1));
    await place.store.appendLogs([lines(2, 0, 3), lines(1, 0, 1)]);
    await place.insert(runIn("executing", 2));
    assert.deepEqual(await place.store.readLogs(runId(2), 0, 10), []);
    assert.equal((await place.store.readLogs(runId(1), 0, 10)).length, 1);
  });

  test("thousands of lines in one append keep their order", async () => {
    await using place = await OpenedPlace.open(makePlace());
    await place.insert(runIn("executing", 1));
    await place.store.appendLogs([lines(1, 0, 10_000)]);
    const read = await place.store.readLogs(runId(1), 0, 20_000);
    assert.deepEqual(
      read.map((entry) => entry.at),
      Array.from({ length: 10_000 }, (_, n) => n),
    );
  });

  test("final runs past their time go with their texts and logs, and nothing else does", async () => {
    await using place = await OpenedPlace.open(makePlace());
    const big = `"${"x".repeat(200_000)}"`;
    await place.commit([
      { run: finishedRun(1, 99, { tags: ["t"] }), replaces: 0, payload: big, payloadTypes: big },
      { run: finishedRun(2, 100, { tags: ["t"] }), replaces: 0, payload: big, payloadTypes: big },
      { run: finishedRun(3, 99, { lingering }), replaces: 0 },
      { run: queuedRun(4), replaces: 0, payload: "1" },
      { run: runIn("executing", 5), replaces: 0 },
    ]);
    await place.store.appendLogs([lines(1, 500, 501), lines(2, 500, 501)]);
    const limits = { runsBefore: 100, logsBefore: 0, now: 0, limit: 10 };
    assert.deepEqual(await place.store.deleteExpired(limits), { deleted: 1, more: false });
    const left = await place.store.findRuns([1, 2, 3, 4, 5].map(runId), true);
    assert.deepEqual(left.map(({ run }) => run.id).sort(), [2, 3, 4, 5].map(runId));
    const kept = left.find(({ run }) => run.id === runId(2));
    assert.deepEqual([kept?.payload, kept?.payloadTypes], [big, big]);
    assert.deepEqual(await place.store.readLogs(runId(1), 0, 5), []);
    assert.equal((await place.store.readLogs(runId(2), 0, 5)).length, 1);
    assert.equal((await place.store.listRuns({ tags: ["t"] }, {}, 5)).length, 1);
    assert.deepEqual(await place.store.deleteExpired(limits), { deleted: 0, more: false });
  });

  test("a run stays while an idempotency key stands for it, and goes when the key has expired or stands for another", async () => {
    await using place = await OpenedPlace.open(makePlace());
    const keyed = (n: number) => finishedRun(n, n, { idempotencyKey: `key ${n}` });
    const keyOf = (n: number) => storedKey(keyed(n).taskId, `key ${n}`);
    await place.insert(keyed(1), keyed(2), keyed(3), finishedRun(4, 4));
    const claims = [1, 2, 3].map((n) => ({
      key: keyOf(n),
      runId: runId(n === 2 ? 9 : n),
      expiresAt: n === 3 ? 20 : 50,
    }));
    await place.store.claimKeys(claims, 0);
    const left = async () =>
      (await place.store.findRuns([1, 2, 3, 4].map(runId), false)).map(({ run }) => run.id).sort();
    const pass = (now: number) => place.store.deleteExpired({ runsBefore: now - 10, logsBefore: 0, now, limit: 100 });
    await pass(15);
    assert.deepEqual(await left(), [runId(1), runId(3)]);
    assert.equal((await pass(16)).deleted, 0);
    await pass(20);
    await pass(21);
    assert.deepEqual(await left(), [runId(1)]);
    await pass(49);
    assert.deepEqual(await left(), [runId(1)]);
    await pass(50);
    await pass(51);
    assert.deepEqual(await left(), []);
    assert.deepEqual(await place.store.readKeys(undefined, 10), []);
  });

  test("versions that no run names are told from the others, and deleted by name", async () => {
    await using place = await OpenedPlace.open(makePlace());
    const registered = [];
    for (const hash of ["a", "b", "c"]) {
      registered.push(await place.store.registerVersion({ hash, tasks: [], registeredAt: 1 }, "20260101"));
    }
    const names = registered.map(({ version }) => version);
    const [first = "", second = "", third = ""] = names;
    // More runs than are checked at once.
    const others = Array.from({ length: 2_500 }, (_, n) => finishedRun(n, n));
    await place.insert(
      ...others,
      finishedRun(3_000, 1, { version: third }),
      runIn("executing", 3_001, { version: first }),
    );
    assert.deepEqual((await place.store.findNamedVersions(names)).toSorted(), [first, third]);
    await place.store.deleteVersions([second]);
    const left = (await place.store.loadVersions()).map(({ version }) => version);
    assert.deepEqual(left.toSorted(), [first, third]);
    const next = await place.store.registerVersion({ hash: "b", tasks: [], registeredAt: 2 }, "20260102");
    assert.equal(next.version.slice(0, 8), "20260102");
  });

  test("an id whose run was deleted can be inserted again, without the old texts", async () => {
    await using place = await OpenedPlace.open(makePlace());
    const texts = { payload: `"${"x".repeat(9_000)}"`, payloadTypes: '"URL"', output: "1", outputTypes: '"-0"' };
    await place.commit([{ run: finishedRun(1, 1), replaces: 0, ...texts }]);
    await place.store.deleteExpired({ runsBefore: 2, logsBefore: 0, now: 0, limit: 10 });
    await place.insert(queuedRun(1));
    assert.deepEqual(await place.store.findRuns([runId(1)], true), [{ run: queuedRun(1) }]);
  });

  test("deletion takes at most the limit and says whether more is left", async () => {
    await using place = await OpenedPlace.open(makePlace());
    await place.insert(...Array.from({ length: 25 }, (_, n) => finishedRun(n, n)));
    let rounds = 1;
    const limits = { runsBefore: 1_000, logsBefore: 0, now: 0, limit: 10 };
    while ((await place.store.deleteExpired(limits)).more) rounds += 1;
    assert.equal(rounds, 3);
    assert.deepEqual(await place.store.listRuns({}, {}, 5), []);
  });

  test("expired keys and old log lines go, younger ones stay", async () => {
    await using place = await OpenedPlace.open(makePlace());
    const claim = (key: string, expiresAt: number) => ({ key, runId: runId(1), expiresAt });
    await place.store.claimKeys([claim("old", 10), claim("young", 20)], 0);
    await place.insert(runIn("executing", 1), runIn("executing", 2));
    await place.store.appendLogs([lines(1, 1, 2), lines(2, 50, 51)]);
    await place.store.deleteExpired({ runsBefore: 0, logsBefore: 50, now: 10, limit: 10 });
    assert.deepEqual(await place.store.readLogs(runId(1), 0, 5), []);
    assert.equal((await place.store.readLogs(runId(2), 0, 5)).length, 1);
    const other = { key: "young", runId: runId(2), expiresAt: 99 };
    assert.deepEqual(await place.store.claimKeys([other], 0), [claim("young", 20)]);
  });
}

/** Returns the lines from `from` up to `to` of the n-th run, one per millisecond. */
function lines(n: number, from: number, to: number): RunLogs {
  const entries = Array.from({ length: to - from }, (_, index) => ({
    at: from + index,
    level: "info" as const,
    message: `line ${from + index} of run ${n}`,
    properties: '{"a":1}',
    attemptNumber: 1,
    attemptId: "attempt_a",
  }));
  return { runId: runId(n), entries };
}
