import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { createStore } from "@baton/coordinator";
import { type RunQuery, runQueries } from "@baton/coordinator/internal/store/mongo/run-queries";
import { indexes } from "@baton/coordinator/internal/store/mongo/schema";
import type { Db, Document } from "mongodb";
import { MongoDatabase } from "../support/mongo-database.ts";
import { findMongoServer, howToGetAServer, type MongoServer } from "../support/mongo-server.ts";

const place = { time: 5, id: "run_1" } as never;
const cursor = { before: { createdAt: 5, id: "run_1" } } as never;

/** Every query of runs that is not by id, with the index that it must be read from in its order. */
const queries: readonly (readonly [name: string, query: RunQuery, index: string])[] = [
  ["active runs", runQueries.active(), "active_1"],
  ["a lane's backlog", runQueries.backlog("lane" as never, place), "lane_1_queued_1"],
  ["due runs", runQueries.due(place, 9), "due_1"],
  ["pending runs", runQueries.pending("task", place), "pendingTask_1_pending_1"],
  ["finished runs", runQueries.finished(9), "finishedAt_1"],
  ["the list", runQueries.list({}, cursor), "place_-1"],
  ["the list of a time", runQueries.list({ createdFrom: 1, createdTo: 9 }, {}), "place_-1"],
  ["the list of tasks", runQueries.list({ taskIds: ["a", "b"] }, cursor), "taskId_1_place_-1"],
  ["the list of statuses", runQueries.list({ statuses: ["failed", "queued"] }, cursor), "status_1_place_-1"],
  ["the list of tags", runQueries.list({ tags: ["a", "b"] }, cursor), "tags_1_taggedPlace_-1"],
  ["the list of a batch", runQueries.list({ batchId: "batch_1" }, cursor), "batchId_1_batchPlace_-1"],
  ["the list of children", runQueries.list({ parentRunId: "run_1" as never }, {}), "parentRunId_1_parentPlace_-1"],
];

const server = await findMongoServer();
const skip = await reasonToSkip(server);
after(() => server?.stop());

describe("every query is read from its index, in its order", { skip }, () => {
  if (server === undefined || skip !== false) return;

  for (const [name, { filter, sort }, index] of queries) {
    test(name, async () => {
      await using database = new MongoDatabase(server);
      await prepare(database);
      await database.use(async (db) => {
        const stages = await explain(db, { find: "prod.runs", filter, sort, limit: 10 });
        const read = stages.filter(({ stage }) => stage === "IXSCAN").map(({ indexName }) => indexName);
        assert.deepEqual([...new Set(read)], [index], JSON.stringify(stages));
        assert.ok(!stages.some(({ stage }) => stage === "COLLSCAN" || stage === "SORT"), JSON.stringify(stages));
      });
    });
  }

  for (const [kind, member] of [
    ["texts", "sweepAt"],
    ["keys", "expiresAt"],
    ["logs", "lastAt"],
  ] as const) {
    test(`what is deleted from ${kind}`, async () => {
      await using database = new MongoDatabase(server);
      await prepare(database);
      await database.use(async (db) => {
        const command = { find: `prod.${kind}`, filter: { [member]: { $lte: 5 } }, sort: { [member]: 1 }, limit: 10 };
        const stages = await explain(db, command);
        assert.ok(stages.some(({ indexName }) => indexName === `${member}_1`));
        assert.ok(!stages.some(({ stage }) => stage === "COLLSCAN" || stage === "SORT"));
      });
    });
  }

  test("each index serves one of them", () => {
    const served = new Set([...queries.map(([, , index]) => index), "sweepAt_1", "expiresAt_1", "lastAt_1"]);
    const names = Object.values(indexes)
      .flat()
      .map(({ keys }) => Object.entries(keys).flat().join("_"));
    assert.deepEqual(names.toSorted(), [...served].toSorted());
  });
});

async function reasonToSkip(found: MongoServer | undefined): Promise<string | false> {
  if (found === undefined) return howToGetAServer;
  const database = new MongoDatabase(found);
  let reason: string | false = false;
  await database.use(async (db) => {
    try {
      await explain(db, { find: "prod.runs", filter: {} });
    } catch {
      reason = `${found.kind} cannot explain a query; set MONGODB_URL to a MongoDB server`;
    }
  });
  return reason;
}

/** Makes the collections and indexes, as a coordinator does. */
async function prepare(database: MongoDatabase): Promise<void> {
  const store = createStore(database.address, "prod");
  await store.open();
  await store.close();
}

/** The stages of the plan that the server chose. */
async function explain(db: Db, command: Document): Promise<readonly Document[]> {
  const explained = await db.command({ explain: command, verbosity: "queryPlanner" });
  return stagesOf(explained.queryPlanner.winningPlan);
}

/** Newer servers put the plan one level deeper. */
function stagesOf(plan: Document): Document[] {
  const inputs = [plan.queryPlan, plan.inputStage, ...(plan.inputStages ?? [])].filter((input) => input !== undefined);
  return [plan, ...inputs.flatMap(stagesOf)];
}
