import assert from "node:assert/strict";
import { test } from "node:test";
import { startOnFreePort } from "./dev-listen.ts";

function portTaken(): Error {
  return Object.assign(new Error("taken"), { code: "PORT_IN_USE" });
}

test("a port that is taken between the question and the start is passed over", async () => {
  const tried: string[] = [];
  const started = await startOnFreePort(async (listen) => {
    tried.push(listen);
    if (tried.length < 3) throw portTaken();
    return listen;
  });
  assert.equal(tried.length, 3);
  assert.equal(started, tried[2]);
  assert.equal(new Set(tried).size, 3);
});

test("another failure, and ports that are all taken, end the search", async () => {
  await assert.rejects(
    startOnFreePort(async () => {
      throw Object.assign(new Error("locked"), { code: "STORE_LOCKED" });
    }),
    { code: "STORE_LOCKED" },
  );
  await assert.rejects(
    startOnFreePort(async () => {
      throw portTaken();
    }),
    { code: "PORT_IN_USE" },
  );
});
