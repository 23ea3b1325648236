import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { playRound } from "../chaos/round.ts";
import { findMongoServer, howToGetAServer } from "../support/mongo-server.ts";
import { isOnMongo } from "../support/test-store.ts";

/** A seed for each combination of faults that is played in every test run; `npm run chaos` plays many more. */
const seeds = { "connections that are cut, delayed and dropped, a coordinator and hosts that are killed": 3 };

const reason = isOnMongo() ? undefined : "played once, with the end-to-end tests on MongoDB (BATON_TEST_STORE=mongo)";
const server = reason === undefined ? await findMongoServer() : undefined;
after(() => server?.stop());

describe("every acknowledged run ends exactly once", { skip: reason ?? (server ? false : howToGetAServer) }, () => {
  if (server === undefined) return;

  for (const [what, seed] of Object.entries(seeds)) {
    test(`through ${what} (seed ${seed})`, async () => {
      const { callers, violations } = await playRound(server, seed, 6_000);
      assert.deepEqual(violations, []);
      assert.ok(callers.filter(({ acknowledged }) => acknowledged.length > 0).length > 100);
    });
  }
});
