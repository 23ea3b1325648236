import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { createStore } from "@baton/coordinator";
import { indexes } from "@baton/coordinator/internal/store/mongo/schema";
import { MongoDatabase } from "../support/mongo-database.ts";
import { findMongoServer, howToGetAServer } from "../support/mongo-server.ts";
import { findFreePort } from "../support/service.ts";

const server = await findMongoServer();
after(() => server?.stop());

describe("an address that asks for less than the store promises is refused, naming the option", () => {
  const options = ["w=0", "w=1", "w=2", "journal=false", "readPreference=secondary", "readPreference=nearest"];
  for (const option of [...options, "readConcernLevel=available", "readConcernLevel=majority"]) {
    test(option, async () => {
      const store = createStore(`mongodb://ada:secret@127.0.0.1:1/baton?${option}`, "prod");
      await assert.rejects(store.open(), (error: Error & { code: string }) => {
        assert.equal(error.code, "STORE_UNUSABLE");
        assert.match(error.message, new RegExp(`says ${option},.*Leave the option out`));
        assert.doesNotMatch(error.message, /secret/);
        return true;
      });
      await store.close();
    });
  }
});

test("an address that cannot be read is refused", async () => {
  for (const address of ["mongodb://a:b:c/x", "mongodb://127.0.0.1/baton?noSuchOption=1"]) {
    const store = createStore(address, "prod");
    await assert.rejects(store.open(), { code: "STORE_UNUSABLE" });
    await store.close();
  }
});

test("a server that does not answer is named", async () => {
  const port = await findFreePort();
  const store = createStore(`mongodb://127.0.0.1:${port}/baton?serverSelectionTimeoutMS=200`, "prod");
  await assert.rejects(store.open(), { code: "STORE_UNAVAILABLE", message: new RegExp(`127.0.0.1:${port}`) });
  await store.close();
});

describe("on a server", { skip: server === undefined ? howToGetAServer : false }, () => {
  if (server === undefined) return;

  test("the indexes are made at the start, and a start on a database that has them changes nothing", async () => {
    await using database = new MongoDatabase(server);
    for (const _start of [1, 2]) {
      const store = createStore(database.address, "prod");
      await store.open();
      await store.close();
    }
    await database.use(async (db) => {
      for (const [kind, definitions] of Object.entries(indexes)) {
        const found = await db.collection(`prod.${kind}`).listIndexes().toArray();
        const keys = found.map(({ key, sparse }) => JSON.stringify([key, sparse === true])).sort();
        const expected = definitions.map((definition) => [definition.keys, definition.sparse === true]);
        assert.deepEqual(keys, [[{ _id: 1 }, false], ...expected].map((entry) => JSON.stringify(entry)).sort());
        assert.ok(found.every(({ name, unique }) => unique !== true || name === "_id_"));
      }
    });
  });

  test("a database that a newer Baton wrote is refused", async () => {
    await using database = new MongoDatabase(server);
    await database.use(async (db) => {
      await db.collection<{ _id: string; version: number }>("prod.meta").insertOne({ _id: "schema", version: 99 });
    });
    const store = createStore(database.address, "prod");
    await assert.rejects(store.open(), { code: "STORE_VERSION", message: /schema version 99.*newer Baton/ });
    await store.close();
  });

  test("environments in one database do not see each other", async () => {
    await using database = new MongoDatabase(server);
    const [production, staging] = [createStore(database.address, "prod"), createStore(database.address, "staging")];
    await Promise.all([production.open(), staging.open()]);
    await production.claimKeys([{ key: "k", runId: "run_1" as never, expiresAt: 9 }], 0);
    const [claim] = await staging.claimKeys([{ key: "k", runId: "run_2" as never, expiresAt: 9 }], 0);
    assert.equal(claim?.runId, "run_2");
    await Promise.all([production.close(), staging.close()]);
  });
});
