import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { laneKeyOf } from "@baton/coordinator/internal/core/scheduling/lane";
import { backlogPageRuns } from "@baton/coordinator/internal/core/scheduling/lane-table";
import { findMongoServer, howToGetAServer } from "../support/mongo-server.ts";
import { ProxiedStore } from "./proxied-store.ts";
import { queuedRun } from "./stored-runs.ts";

const server = await findMongoServer();
after(() => server?.stop());

describe("pages of runs in MongoDB", { skip: server === undefined ? howToGetAServer : false }, () => {
  if (server === undefined) return;

  test("a full page of a backlog, with what tells that there is another, comes with one request", async () => {
    await using proxied = await ProxiedStore.open(server);
    const { proxy, store } = proxied;
    const runs = Array.from({ length: backlogPageRuns + 1 }, (_, n) => queuedRun(n));
    await store.commitBatch({ number: 1, writes: runs.map((run) => ({ run, replaces: 0 })) });
    const requestsBefore = proxy.requests.length;
    const read = { lane: laneKeyOf(queuedRun(0)), after: undefined, limit: backlogPageRuns };
    const [page] = await store.readBacklog([read]);
    assert.equal(page?.runs.length, backlogPageRuns);
    assert.notEqual(page?.end, undefined);
    const commands = proxy.requests.slice(requestsBefore).map(({ command }) => command);
    assert.deepEqual(
      commands.filter((command) => command === "find" || command === "getMore"),
      ["find"],
    );
  });
});
