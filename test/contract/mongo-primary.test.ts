import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { waitUntil } from "@baton/proto/testing/wait-until.test.support";
import type { Document } from "mongodb";
import type { Fate } from "../support/mongo-proxy.ts";
import { findMongoServer, howToGetAServer } from "../support/mongo-server.ts";
import { ProxiedStore } from "./proxied-store.ts";
import { changed, queuedRun, runId } from "./stored-runs.ts";

/** Answers of a server that is no longer the primary, or will soon not be. */
const refusals: readonly Document[] = [
  { ok: 0, code: 10107, codeName: "NotWritablePrimary", errmsg: "not primary" },
  { ok: 0, code: 189, codeName: "PrimarySteppedDown", errmsg: "primary stepped down" },
  { ok: 0, code: 11602, codeName: "InterruptedDueToReplStateChange", errmsg: "operation was interrupted" },
  { ok: 0, code: 91, codeName: "ShutdownInProgress", errmsg: "the server is in quiesce mode and will shut down" },
];
/** The error of a write that may be rolled back: the primary stepped down while it waited for the others. */
const steppedDownWaiting = { code: 189, codeName: "PrimarySteppedDown", errmsg: "primary stepped down" };

const fates: readonly (readonly [what: string, fate: Fate])[] = [
  ...refusals.flatMap((document): readonly (readonly [string, Fate])[] => [
    [`${document.codeName} before it was applied`, { type: "answer", document }],
    [`${document.codeName} after it was applied`, { type: "amend", amend: () => document }],
  ]),
  [
    "a write concern that failed",
    { type: "amend", amend: (answer) => ({ ...answer, writeConcernError: steppedDownWaiting }) },
  ],
];

const old = queuedRun(1);
const batch = {
  number: 2,
  writes: [
    { run: changed(old, { status: "executing" }), replaces: 1 },
    { run: queuedRun(2), replaces: 0, payload: '"two"' },
  ],
} as const;

const server = await findMongoServer();
after(() => server?.stop());

describe("when the primary changes", { skip: server === undefined ? howToGetAServer : false }, () => {
  if (server === undefined) return;

  for (const command of ["insert", "update"]) {
    for (const [what, fate] of fates) {
      test(`a batch whose ${command} is answered with ${what} counts as not answered, and is written once`, async () => {
        await using proxied = await ProxiedStore.open(server);
        const { store } = proxied;
        await store.commitBatch({ number: 1, writes: [{ run: old, replaces: 0 }] });
        proxied.once(command, fate);
        await assert.rejects(store.commitBatch(batch), { code: "STORE_UNAVAILABLE" });
        assert.deepEqual(await store.commitBatch(batch), { conflicts: [] });
        assert.deepEqual(await store.commitBatch(batch), { conflicts: [] });
        const found = await store.findRuns([runId(1), runId(2)], true);
        assert.deepEqual(
          found.toSorted((a, b) => (a.run.id < b.run.id ? -1 : 1)),
          [{ run: batch.writes[0].run }, { run: batch.writes[1].run, payload: '"two"' }],
        );
      });
    }
  }

  test("an insert that met a taken id while the write concern failed does not count as a conflict", async () => {
    await using proxied = await ProxiedStore.open(server);
    await proxied.store.commitBatch({ number: 1, writes: [{ run: old, replaces: 0 }] });
    proxied.once("insert", {
      type: "amend",
      amend: (answer) => ({ ...answer, writeConcernError: steppedDownWaiting }),
    });
    const again = { number: 2, writes: [{ run: old, replaces: 0 }] };
    await assert.rejects(proxied.store.commitBatch(again), { code: "STORE_UNAVAILABLE" });
    assert.deepEqual(await proxied.store.commitBatch(again), { conflicts: [old.id] });
  });

  for (const document of refusals) {
    test(`a read, a claim of a key and log lines that meet ${document.codeName} are asked once more`, async () => {
      await using proxied = await ProxiedStore.open(server);
      const { store } = proxied;
      await store.commitBatch({ number: 1, writes: [{ run: old, replaces: 0 }] });
      proxied.once("find", { type: "answer", document });
      assert.deepEqual(await store.findRuns([old.id], false), [{ run: old }]);
      const claim = { key: "k", runId: old.id, expiresAt: 9 };
      proxied.once("insert", { type: "amend", amend: () => document }, "prod.keys");
      assert.deepEqual(await store.claimKeys([claim], 0), [claim]);
      proxied.once("insert", { type: "amend", amend: () => document }, "prod.logs");
      await store.appendLogs([{ runId: old.id, entries: [line("one"), line("two")] }]);
      assert.deepEqual(
        (await store.readLogs(old.id, 0, 10)).map(({ message }) => message),
        ["one", "two"],
      );
    });
  }

  test("an ownership whose taking was applied and not answered is taken again", async () => {
    await using proxied = await ProxiedStore.open(server);
    await proxied.store.close();
    proxied.once("update", { type: "cutAfter" }, "prod.meta");
    const next = proxied.makeAnother({ isProxied: true });
    const { epoch } = await next.open();
    assert.equal(epoch, 3, "the first one, the one that was not answered, and this");
  });

  test("an owner keeps its ownership while its renewals are refused for less than the lease", async () => {
    // The store waits a quarter of a lease for each answer, so with a short lease the speed of the computer would
    // matter.
    await using proxied = await ProxiedStore.open(server, { leaseMs: 10_000 });
    const [document] = refusals;
    let refused = 0;
    proxied.proxy.decide = ({ collection, command }) => {
      if (collection !== "prod.meta" || command !== "update" || refused === 3) return { type: "pass" };
      refused += 1;
      return { type: "answer", document: document ?? {} };
    };
    await waitUntil("renewals to be refused", () => refused === 3);
    await proxied.store.commitBatch({ number: 1, writes: [{ run: old, replaces: 0 }] });
    assert.deepEqual(await proxied.store.findRuns([old.id], false), [{ run: old }]);
  });
});

function line(message: string) {
  return { at: 1, level: "info", message, attemptNumber: 1, attemptId: "attempt_1" } as const;
}
