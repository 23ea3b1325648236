import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { enterAttempt, leaveAttempt } from "./attempt-fixture.test.support.ts";
import { heartbeats } from "./heartbeats.ts";

afterEach(leaveAttempt);

test("yield gives the event loop a turn, and not another one soon after; outside an attempt none", async () => {
  const turnsDuring = async (call: () => Promise<void>) => {
    let turns = 0;
    const immediate = setImmediate(() => {
      turns += 1;
    });
    await call();
    clearImmediate(immediate);
    return turns;
  };
  assert.equal(await turnsDuring(() => heartbeats.yield()), 0);
  enterAttempt();
  assert.equal(await turnsDuring(() => heartbeats.yield()), 1);
  assert.equal(await turnsDuring(() => heartbeats.yield()), 0);
});
