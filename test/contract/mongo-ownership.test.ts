import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { inlineValueBytes } from "@baton/coordinator/internal/store/store";
import { waitUntil } from "@baton/proto/testing/wait-until.test.support";
import { makeGate } from "../support/gate.ts";
import type { ProxiedRequest } from "../support/mongo-proxy.ts";
import { findMongoServer, howToGetAServer } from "../support/mongo-server.ts";
import { ProxiedStore } from "./proxied-store.ts";
import { queuedRun } from "./stored-runs.ts";

const run = queuedRun(1);
/** A batch that is written in two commands: the payload, then the run. */
const large = { number: 1, writes: [{ run, replaces: 0, payload: JSON.stringify("x".repeat(inlineValueBytes)) }] };
const leaseMs = 1_000;

const server = await findMongoServer();
after(() => server?.stop());

describe("what an owner sends", { skip: server === undefined ? howToGetAServer : false }, () => {
  if (server === undefined) return;

  test("asks for the journals of the majority, for all that the primary has, and never repeats itself", async () => {
    await using proxied = await ProxiedStore.open(server, { query: "retryWrites=true&retryReads=true&w=majority" });
    const { proxy, store } = proxied;
    await store.commitBatch(large);
    await store.commitBatch({ number: 2, writes: [{ run: { ...run, revision: 2 }, replaces: 1 }] });
    await store.claimKeys([{ key: "k", runId: run.id, expiresAt: 9 }], 0);
    await store.claimKeys([{ key: "k", runId: run.id, expiresAt: 29 }], 20);
    await store.registerVersion({ hash: "a", tasks: [], registeredAt: 1 }, "20260101");
    const entry = { at: 1, level: "info", message: "m", attemptNumber: 1, attemptId: "attempt_1" } as const;
    await store.appendLogs([{ runId: run.id, entries: [entry] }]);
    await store.deleteExpired({ runsBefore: 5, logsBefore: 5, now: 50, limit: 5 });
    await Promise.all([store.loadActive(), store.listLanes(), store.listPendingTasks(), store.countQueued()]);
    await store.listRuns({}, {}, 5);
    const requests = proxy.requests.filter(({ collection }) => collection.startsWith("prod."));
    const [writes, reads] = [requests.filter(isWrite), requests.filter((request) => !isWrite(request))];
    const commands = new Set(requests.map(({ command }) => command));
    assert.deepEqual(
      ["insert", "update", "delete", "findAndModify", "find", "aggregate"].filter((name) => !commands.has(name)),
      [],
    );
    for (const { command, options } of writes) {
      assert.deepEqual(options.writeConcern, { w: "majority", j: true }, command);
      assert.equal(options.txnNumber, undefined, command);
    }
    for (const { command, options } of reads) {
      assert.deepEqual([options.readConcern, options.$readPreference], [{ level: "local" }, undefined], command);
    }
  });

  test("stops between two commands of a batch when another one has taken over", async () => {
    await using proxied = await ProxiedStore.open(server, { leaseMs });
    const { promise, resolve } = makeGate();
    let isHeld = false;
    proxied.proxy.decide = ({ collection, command }) => {
      if (command !== "update") return { type: "pass" };
      if (collection === "prod.meta") return { type: "dropRequest" };
      isHeld = true;
      return { type: "holdAnswer", until: promise };
    };
    const committed = proxied.store.commitBatch(large);
    const next = proxied.makeAnother({ leaseMs });
    await next.open();
    assert.ok(isHeld);
    resolve();
    await assert.rejects(committed, { code: "STORE_LOCKED" });
    assert.ok(!proxied.proxy.requests.some(isInsertOfRun));
  });

  test("stops between two commands of a batch when nobody waits for it any more", async () => {
    await using proxied = await ProxiedStore.open(server);
    const { promise, resolve } = makeGate();
    proxied.once("update", { type: "holdAnswer", until: promise }, "prod.texts");
    await assert.rejects(proxied.store.commitBatch(large), { code: "STORE_UNAVAILABLE", message: /within 5 s/ });
    resolve();
    // The answer to this request comes after the held one.
    await proxied.store.findRuns([run.id], false);
    assert.ok(!proxied.proxy.requests.some(isInsertOfRun));
    assert.deepEqual(await proxied.store.commitBatch(large), { conflicts: [] });
    assert.deepEqual((await proxied.store.findRuns([run.id], true))[0]?.payload, large.writes[0]?.payload);
  });

  test("one that stands by waits on while the server is away, and takes over when its owner is gone", async () => {
    await using proxied = await ProxiedStore.open(server, { leaseMs });
    let holder = "";
    const next = proxied.makeAnother({
      isProxied: true,
      leaseMs,
      onHeld: (name) => {
        holder = name;
      },
    });
    const opened = next.open();
    await waitUntil("the other one to stand by", () => holder !== "");
    proxied.proxy.refuse(true);
    await waitUntil("a request to fail", async () => {
      const found = await proxied.store.findRuns([run.id], false).catch(() => undefined);
      return found === undefined;
    });
    proxied.proxy.refuse(false);
    await waitUntil("the server to answer", async () => {
      const found = await proxied.store.findRuns([run.id], false).catch(() => undefined);
      return found !== undefined;
    });
    await proxied.store.close();
    assert.equal((await opened).epoch, 2);
  });

  test("an opening that fails after the ownership was taken gives it up again", async () => {
    await using proxied = await ProxiedStore.open(server);
    await proxied.store.close();
    const document = { ok: 0, code: 13, codeName: "Unauthorized", errmsg: "not authorized to create indexes" };
    proxied.once("createIndexes", { type: "answer", document });
    const failing = proxied.makeAnother({ isProxied: true });
    await assert.rejects(failing.open(), { code: "STORE_UNUSABLE", message: /role readWrite/ });
    const startedAt = performance.now();
    const next = proxied.makeAnother();
    await next.open();
    assert.ok(performance.now() - startedAt < 10_000, "it waited for the lease of the one that failed");
  });
});

function isWrite({ command }: ProxiedRequest): boolean {
  return ["insert", "update", "delete", "findAndModify", "createIndexes"].includes(command);
}

function isInsertOfRun({ collection, command }: ProxiedRequest): boolean {
  return collection === "prod.runs" && command === "insert";
}
