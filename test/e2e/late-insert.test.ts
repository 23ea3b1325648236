import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import type { GetRunResponse__Output } from "@baton/proto";
import { waitUntil } from "@baton/proto/testing/wait-until.test.support";
import { Cluster } from "../support/cluster.ts";
import { MongoDatabase } from "../support/mongo-database.ts";
import { MongoProxy } from "../support/mongo-proxy.ts";
import { findMongoServer, howToGetAServer } from "../support/mongo-server.ts";
import { Project } from "../support/project.ts";
import { Service } from "../support/service.ts";

const taskFile = `import { task } from "@baton/sdk";

export const echo = task({ id: "echo", run: async (payload: { n: number }) => payload.n });
`;
const runId = "run_01late0insert0of0one0gone0";

const server = await findMongoServer();
after(() => server?.stop());

describe("an insert of a coordinator that was killed", { skip: server === undefined ? howToGetAServer : false }, () => {
  if (server === undefined) return;

  test("lands after the next one has loaded, the trigger is repeated, and the run runs", async () => {
    await using database = new MongoDatabase(server);
    await database.prepare();
    await using proxy = await MongoProxy.start(server);
    await using project = await Project.create({ "trigger/tasks.ts": taskFile });
    await using cluster = await Cluster.start({ projectDir: project.dir, store: proxy.through(database.address) });

    let land = () => {};
    const until = new Promise<void>((resolve) => {
      land = resolve;
    });
    let isHeld = false;
    proxy.decide = ({ collection, command }) => {
      if (isHeld || command !== "insert" || collection !== "prod.runs") return { type: "pass" };
      isHeld = true;
      return { type: "holdRequest", until };
    };
    const first = trigger(cluster).catch(() => "not answered");
    await waitUntil("the insert to be on its way", () => isHeld);
    await cluster.coordinator.kill("SIGKILL");
    assert.equal(await first, "not answered");

    const args = ["coordinator", "--listen", cluster.address, "--store", database.address];
    cluster.coordinator = new Service(args);
    await cluster.coordinator.prints("coordinator listening");
    await cluster.runnersReady();
    land();
    await database.use(async (db) => {
      const stored = db.collection<{ _id: string }>("prod.runs");
      await waitUntil("the insert to land", async () => (await stored.countDocuments({ _id: runId })) === 1);
    });
    assert.equal(await trigger(cluster), runId);
    await waitUntil("the run to end", async () => (await get(cluster)).run?.status === "RUN_STATUS_COMPLETED", 60_000);
  });
});

function trigger(cluster: Cluster): Promise<string> {
  return new Promise((resolve, reject) => {
    cluster.runsClient.trigger({ item: { runId, taskId: "echo", payload: '{"n":1}' } }, (error, response) =>
      error || response === undefined ? reject(error ?? new Error("no answer")) : resolve(response.run?.runId ?? ""),
    );
  });
}

function get(cluster: Cluster): Promise<GetRunResponse__Output> {
  return new Promise((resolve, reject) => {
    cluster.runsClient.getRun({ runId }, (error, response) =>
      error || response === undefined ? reject(error ?? new Error("no answer")) : resolve(response),
    );
  });
}
