import assert from "node:assert/strict";
import { test } from "node:test";
import { MemoryStore } from "./memory/memory-store.ts";
import { MongoStore } from "./mongo/mongo-store.ts";
import { createStore, showAddress } from "./open-store.ts";
import { SqliteStore } from "./sqlite/sqlite-store.ts";

test("an address chooses the store", () => {
  assert.ok(createStore("memory:", "prod") instanceof MemoryStore);
  assert.ok(createStore("sqlite:some folder/baton.db", "prod") instanceof SqliteStore);
  assert.ok(createStore("mongodb://a:27017,b:27017/baton?replicaSet=rs0", "prod") instanceof MongoStore);
  assert.ok(createStore("mongodb+srv://cluster.example.com/baton", "prod") instanceof MongoStore);
});

test("an address is shown without its password", () => {
  assert.equal(showAddress("mongodb://ada:s3cret@a,b/baton?w=1"), "mongodb://ada:***@a,b/baton?w=1");
  assert.equal(showAddress("mongodb+srv://ada:s%40:x@a/baton"), "mongodb+srv://ada:***@a/baton");
  assert.equal(showAddress("mongodb://a/baton"), "mongodb://a/baton");
  assert.equal(showAddress("sqlite:a:b@c.db"), "sqlite:a:b@c.db");
});

for (const address of [
  "",
  "sqlite:",
  "sqlite",
  "memory",
  "memory:x",
  "baton.db",
  "mongodb:localhost",
  "mongodb://",
  "postgres://x",
]) {
  test(`the address "${address}" is refused and the message names those that work`, () => {
    assert.throws(() => createStore(address, "prod"), {
      code: "STORE_UNUSABLE",
      message: /"sqlite:".*"mongodb:\/\/".*"memory:"/,
    });
  });
}
