import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { createStore, type Run, type Store } from "@baton/coordinator";
import { toPlaceText } from "@baton/coordinator/internal/store/mongo/sort-text";
import type { Collection, Db, Document } from "mongodb";
import { MongoDatabase } from "../support/mongo-database.ts";
import { findMongoServer, howToGetAServer } from "../support/mongo-server.ts";
import { finishedRun, queuedRun, runId } from "./stored-runs.ts";

const server = await findMongoServer();
after(() => server?.stop());

/** More runs than the move writes in one command. */
const runCount = 1_203;
const lines = [
  { at: 5, level: "info", message: "first", attemptNumber: 1, attemptId: "attempt_a" },
  { at: 6.5, level: "error", message: "second", properties: '{"a.b":1}', attemptNumber: 1, attemptId: "attempt_a" },
];

/** Returns the n-th run of a store with schema 1. */
function runOf(n: number): Run {
  const idempotencyKey = n % 2 === 0 ? `key ${n}` : undefined;
  if (n % 3 === 0) return finishedRun(n, 1_000 + n, { tags: ["a", "b.c"], version: "20260101.1" });
  return queuedRun(n, { ...(idempotencyKey !== undefined && { idempotencyKey }), batchId: "batch_1" });
}

interface StoredDocument extends Document {
  readonly _id: string;
}

/** Returns a collection of the store, for direct access. */
function raw(db: Db, kind: string): Collection<StoredDocument> {
  return db.collection(`prod.${kind}`);
}

/** Returns the document of a run in schema 1. */
function oldDocument(run: Run): StoredDocument {
  const place = toPlaceText(run.createdAt, run.id);
  return {
    _id: run.id,
    partition: 5,
    taskId: run.taskId,
    queue: run.queue,
    isTest: run.isTest,
    place,
    revision: run.revision,
    epoch: 1,
    batch: 1,
    status: run.status,
    run: JSON.stringify(run),
    ...(run.version !== undefined && { version: run.version }),
    ...(run.tags.length > 0 && { tags: run.tags, taggedPlace: place }),
    ...(run.status === "queued" && { lane: `0:${run.queue}`, queued: place }),
    ...(run.finishedAt !== undefined && { finishedAt: run.finishedAt }),
    ...(run.batchId !== undefined && { batchId: run.batchId, batchPlace: place }),
    payload: '{"n":1}',
  };
}

/** Fills a database as the last version of Baton with schema 1 left it. */
async function fill(db: Db, runs: readonly Run[]): Promise<void> {
  await raw(db, "runs").insertMany(runs.map(oldDocument));
  await raw(db, "logs").insertMany(
    runs.map(({ id }) => ({ _id: `${id}:00000000000001`, first: 1, lastAt: 6.5, entries: JSON.stringify(lines) })),
  );
  await raw(db, "meta").insertMany([
    { _id: "schema", version: 1 },
    { _id: "logSequence", next: 1_000_000 },
  ]);
}

/** Asserts that the store returns the runs and their log lines. */
async function assertHolds(store: Store, runs: readonly Run[]): Promise<void> {
  const ids = runs.map(({ id }) => id);
  const found = await store.findRuns(ids, true);
  const byId = [...found].sort((a, b) => (a.run.id < b.run.id ? -1 : 1));
  assert.deepEqual(
    byId,
    runs.map((run) => ({ run, payload: '{"n":1}' })),
  );
  const tagged = await store.listRuns({ tags: ["b.c"] }, {}, runCount);
  assert.deepEqual(
    tagged.map(({ id }) => id),
    ids.filter((id) => runs.some((run) => run.id === id && run.tags.length > 0)).toReversed(),
  );
  const logs = await store.readLogs(ids.at(-1) ?? runId(0), 0, 10);
  assert.deepEqual(
    logs,
    lines.map((line, index) => ({ ...line, sequence: 1 + index })),
  );
}

/** Counts the documents that still have schema 1. */
async function countOld(db: Db): Promise<number> {
  return (
    (await raw(db, "runs").countDocuments({ $or: [{ run: { $type: "string" } }, { partition: 5 }] })) +
    (await raw(db, "logs").countDocuments({ entries: { $type: "string" } }))
  );
}

describe("a store of schema 1", { skip: server === undefined ? howToGetAServer : false }, () => {
  if (server === undefined) return;
  const runs = Array.from({ length: runCount }, (_, n) => runOf(n));

  test("moves to documents when it is opened, and holds the same", async () => {
    await using database = new MongoDatabase(server);
    await database.prepare();
    await database.use((db) => fill(db, runs));
    const store = createStore(database.address, "prod");
    await store.open();
    await assertHolds(store, runs);
    await store.close();
    await database.use(async (db) => {
      assert.equal(await countOld(db), 0);
      assert.deepEqual(await raw(db, "meta").findOne({ _id: "schema" }), {
        _id: "schema",
        version: 2,
      });
      const moved = await raw(db, "runs").findOne({ "run.createdAt": new Date(runOf(4).createdAt) });
      assert.equal(String(moved?._id), runId(4));
    });
  });

  test("goes on where an interrupted move ended", async () => {
    await using database = new MongoDatabase(server);
    await database.prepare();
    await database.use((db) => fill(db, runs));
    const first = createStore(database.address, "prod");
    await first.open();
    await first.close();
    // Like after a crash during the move: half of the documents are moved, and the schema records that a move has
    // begun.
    await database.use(async (db) => {
      const half = runs.filter((_, n) => n % 2 === 1);
      await Promise.all(half.map((run) => raw(db, "runs").replaceOne({ _id: run.id }, oldDocument(run))));
      await raw(db, "meta").updateOne({ _id: "schema" }, { $set: { isMoving: true } });
      assert.equal(await countOld(db), half.length);
    });
    const second = createStore(database.address, "prod");
    await second.open();
    await assertHolds(second, runs);
    await second.close();
    await database.use(async (db) => assert.equal(await countOld(db), 0));
  });

  test("is served with what an earlier owner wrote after the move", async () => {
    await using database = new MongoDatabase(server);
    await database.prepare();
    await database.use((db) => fill(db, runs.slice(0, 9)));
    const store = createStore(database.address, "prod");
    const { epoch } = await store.open();
    await database.use(async (db) => {
      await raw(db, "runs").replaceOne({ _id: runId(3) }, oldDocument({ ...runOf(3), status: "failed", revision: 2 }));
    });
    const [late] = await store.listRuns({ statuses: ["failed"] }, {}, 5);
    assert.equal(late?.id, runId(3));
    const [read] = await store.findRuns([runId(3)], false);
    assert.equal(read?.run.revision, 2);
    assert.ok(read);
    const next = { ...read.run, revision: 3, updatedAt: 7 };
    await store.commitBatch({ number: epoch, writes: [{ run: next, replaces: 2 }] });
    assert.deepEqual((await store.findRuns([runId(3)], false))[0]?.run, next);
    await store.close();
  });

  test("is exported as it is, and stays as it is", async () => {
    await using database = new MongoDatabase(server);
    await database.prepare();
    await database.use((db) => fill(db, runs.slice(0, 9)));
    const store = createStore(database.address, "prod");
    await store.open("export");
    await assertHolds(store, runs.slice(0, 9));
    await store.close();
    await database.use(async (db) => {
      assert.equal(await countOld(db), 18);
      assert.equal((await raw(db, "meta").findOne({ _id: "schema" }))?.version, 1);
    });
  });
});
