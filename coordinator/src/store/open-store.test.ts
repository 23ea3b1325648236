import assert from "node:assert/strict";
import { test } from "node:test";
import { MemoryStore } from "./memory/memory-store.ts";
import { createStore } from "./open-store.ts";
import { SqliteStore } from "./sqlite/sqlite-store.ts";

test("an address chooses the store", () => {
  assert.ok(createStore("memory:", "prod") instanceof MemoryStore);
  assert.ok(createStore("sqlite:some folder/baton.db", "prod") instanceof SqliteStore);
});

for (const address of [
  "",
  "sqlite:",
  "sqlite",
  "memory",
  "memory:x",
  "baton.db",
  "mongodb://localhost",
  "postgres://x",
]) {
  test(`the address "${address}" is refused and the message names those that work`, () => {
    assert.throws(() => createStore(address, "prod"), {
      code: "STORE_UNUSABLE",
      message: /"sqlite:".*"memory:"/,
    });
  });
}
