import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { createStore } from "@baton/coordinator";
import { type RunQuery, runQueries } from "@baton/coordinator/internal/store/mongo/run-queries";
import { laneCounts, valuesOf } from "@baton/coordinator/internal/store/mongo/run-reader";
import { indexes } from "@baton/coordinator/internal/store/mongo/schema";
import { toPlaceText } from "@baton/coordinator/internal/store/mongo/sort-text";
import type { AggregationCursor, Collection, Document, FindCursor } from "mongodb";
import { MongoDatabase } from "../support/mongo-database.ts";
import { findMongoServer, howToGetAServer, type MongoServer } from "../support/mongo-server.ts";

const place = { time: 5, id: "run_1" } as never;
const cursor = { before: { createdAt: 5, id: "run_1" } } as never;

/** Every query of runs that is not by id, with the index that must serve it in its order. */
const queries: readonly (readonly [name: string, query: RunQuery, index: string])[] = [
  ["active runs", runQueries.active(), "active_1"],
  ["a lane's backlog", runQueries.backlog("lane" as never, place), "lane_1_queued_1"],
  ["due runs", runQueries.due(place, 9), "due_1"],
  ["pending runs", runQueries.pending("task", place), "pendingTask_1_pending_1"],
  ["finished runs", runQueries.finished(9), "finishedAt_1"],
  ["runs by the beginning of their id", runQueries.idPrefix("run_0000"), "_id_"],
  ["the list", runQueries.list({}, {}), "place_-1"],
  ["the list after a page", runQueries.list({}, cursor), "place_-1"],
  ["the list of a time", runQueries.list({ createdFrom: 1, createdTo: 9 }, {}), "place_-1"],
  ["the list of tasks", runQueries.list({ taskIds: ["a", "b"] }, cursor), "taskId_1_place_-1"],
  ["the list of statuses", runQueries.list({ statuses: ["failed", "queued"] }, cursor), "status_1_place_-1"],
  ["the list of tags", runQueries.list({ tags: ["a", "b"] }, cursor), "tags_1_taggedPlace_-1"],
  ["the list of a batch", runQueries.list({ batchId: "batch_1" }, cursor), "batchId_1_batchPlace_-1"],
  ["the list of children", runQueries.list({ parentRunId: "run_1" as never }, {}), "parentRunId_1_parentPlace_-1"],
];

/** Aggregations that an index alone must serve. */
const aggregations: readonly (readonly [name: string, pipeline: readonly Document[], index: string])[] = [
  ["the lanes", valuesOf("lane"), "lane_1_queued_1"],
  ["the tasks that wait for a version", valuesOf("pendingTask"), "pendingTask_1_pending_1"],
  ["the lengths of lanes", laneCounts, "lane_1_queued_1"],
];

/** Documents that are deleted by an instant. */
const instants = [
  ["texts", "sweepAt"],
  ["keys", "expiresAt"],
  ["logs", "lastAt"],
] as const;

const server = await findMongoServer();
const skip = await reasonToSkip(server);
after(() => server?.stop());

describe("every query is read from its index, in its order", { skip }, () => {
  if (server === undefined || skip !== false) return;
  const database = new MongoDatabase(server);
  before(() => prepare(database));
  after(() => database.remove());

  for (const [name, { filter, sort }, index] of queries) {
    test(name, async () => {
      const stages = await explain(database, "runs", (runs) => runs.find(filter as Document, { sort, limit: 10 }));
      assertReadFrom(index, stages);
      assert.ok(!stages.some(({ stage }) => stage === "SORT"), JSON.stringify(stages));
    });
  }

  for (const [name, pipeline, index] of aggregations) {
    test(name, async () => {
      const stages = await explain(database, "runs", (runs) => runs.aggregate([...pipeline]));
      assertReadFrom(index, stages);
      assert.ok(!stages.some(({ stage }) => stage === "FETCH"), JSON.stringify(stages));
    });
  }

  for (const [kind, member] of instants) {
    test(`what is deleted from ${kind}`, async () => {
      const options = { sort: { [member]: 1 }, limit: 10 } as const;
      const stages = await explain(database, kind, (documents) => documents.find({ [member]: { $lte: 5 } }, options));
      assertReadFrom(`${member}_1`, stages);
      assert.ok(!stages.some(({ stage }) => stage === "SORT"), JSON.stringify(stages));
    });
  }

  test("each index serves one of them", () => {
    const served = new Set([...queries.map(([, , index]) => index), ...instants.map(([, member]) => `${member}_1`)]);
    const names = Object.values(indexes)
      .flat()
      .map(({ keys }) => Object.entries(keys).flat().join("_"));
    // MongoDB creates the index of ids itself.
    assert.deepEqual(["_id_", ...names].toSorted(), [...served].toSorted());
  });
});

async function reasonToSkip(found: MongoServer | undefined): Promise<string | false> {
  if (found === undefined) return howToGetAServer;
  try {
    await explain(new MongoDatabase(found), "runs", (runs) => runs.find());
    return false;
  } catch {
    return `${found.kind} cannot explain a query; set MONGODB_URL to a MongoDB server`;
  }
}

/** Creates collections and indexes like a coordinator, and enough runs to make the right index the cheaper plan. */
async function prepare(database: MongoDatabase): Promise<void> {
  const store = createStore(database.address, "prod");
  await store.open();
  await store.close();
  await database.use(async (db) => {
    await db.collection<{ _id: string }>("prod.runs").insertMany(Array.from({ length: 1_000 }, (_, n) => makeRun(n)));
  });
}

const wanted = { taskId: "a", status: "failed", tags: ["a", "b"], batchId: "batch_1", parentRunId: "run_1" };
const other = { taskId: "other", status: "completed", tags: ["other"], batchId: "other", parentRunId: "other" };

/** Makes the n-th run. The lists ask for one run in a hundred, and these are the oldest. */
function makeRun(n: number) {
  const _id = `run_${String(n).padStart(8, "0")}`;
  const own = toPlaceText(1 + n / 1_000, _id);
  return { _id, ...(n < 10 ? wanted : other), place: own, taggedPlace: own, batchPlace: own, parentPlace: own };
}

function assertReadFrom(index: string, stages: readonly Document[]): void {
  const read = stages.filter(({ indexName }) => indexName !== undefined).map(({ indexName }) => indexName);
  assert.deepEqual([...new Set(read)], [index], JSON.stringify(stages));
  assert.ok(!stages.some(({ stage }) => stage === "COLLSCAN"), JSON.stringify(stages));
}

/** Returns the stages of the plan that the server chose for a request of the driver. */
async function explain(
  database: MongoDatabase,
  kind: string,
  ask: (collection: Collection) => FindCursor | AggregationCursor,
): Promise<readonly Document[]> {
  let stages: readonly Document[] = [];
  await database.use(async (db) => {
    stages = stagesOf(await ask(db.collection(`prod.${kind}`)).explain("queryPlanner"));
  });
  return stages;
}

/**
 * Returns the stages below a part of an answer. The place of the plan differs: an aggregation may have it in its first
 * step, newer servers wrap it, and a router has one for each shard.
 */
function stagesOf(part: Document): Document[] {
  const [first] = part.stages ?? [];
  const inner = [first?.$cursor, part.queryPlanner, part.winningPlan, part.queryPlan, part.inputStage];
  const inners = [...inner, ...(part.inputStages ?? []), ...Object.values(part.shards ?? {})];
  return [part, ...inners.filter((input) => input !== undefined && input !== null).flatMap(stagesOf)].filter(
    ({ stage }) => stage !== undefined,
  );
}
