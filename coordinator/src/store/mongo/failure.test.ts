import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { StoreLockedError } from "../../errors.ts";
import { isPassing, openingFailure, readBulkInsertFailure, requestFailure } from "./failure.ts";

function failure(name: string, members: object = {}): Error {
  return Object.assign(new Error("it failed."), { name, ...members });
}

describe("what an opening failed with is told with what to do", () => {
  const cases: readonly (readonly [string, Error, string, RegExp])[] = [
    ["a wrong password", failure("MongoServerError", { code: 18 }), "STORE_UNUSABLE", /password or authSource/],
    ["no permission to write", failure("MongoServerError", { code: 13 }), "STORE_UNUSABLE", /role readWrite/],
    ["a secondary", failure("MongoServerError", { code: 10107 }), "STORE_UNUSABLE", /not the primary/],
    ["a server that is too old", failure("MongoCompatibilityError"), "STORE_UNUSABLE", /too old.*MongoDB 4\.4/],
    ["a server that is away", failure("MongoServerSelectionError"), "STORE_UNAVAILABLE", /does not answer/],
  ];
  for (const [what, cause, code, message] of cases) {
    test(what, () => {
      const error = openingFailure(cause, '"mongodb://a"');
      assert.equal(error.code, code);
      assert.match(error.message, message);
      assert.match(error.message, /mongodb:\/\/a/);
      assert.equal(error.cause, cause);
    });
  }
});

test("errors of ours stay what they are", () => {
  const locked = new StoreLockedError("held");
  assert.equal(openingFailure(locked, "a"), locked);
  assert.equal(requestFailure(locked, "a"), locked);
});

test("a bulk of inserts that only met taken ids says which; any other failure leaves it open what was written", () => {
  const taken = (index: number) => ({ code: 11000, index });
  const bulk = (writeErrors: unknown, concern?: object) =>
    failure("MongoBulkWriteError", { writeErrors, result: { getWriteConcernError: () => concern } });
  assert.deepEqual(readBulkInsertFailure(bulk([taken(1), taken(4)])), { taken: [1, 4] });
  assert.deepEqual(readBulkInsertFailure(bulk(taken(2))), { taken: [2] });
  assert.equal(readBulkInsertFailure(bulk([taken(1), { code: 64, index: 2 }])), undefined);
  assert.equal(readBulkInsertFailure(bulk([taken(1)], { code: 64 })), undefined);
  assert.equal(readBulkInsertFailure(bulk([])), undefined);
  assert.equal(readBulkInsertFailure(failure("MongoNetworkError")), undefined);
});

test("what is broken on the way may be asked again, what the server said may not", () => {
  assert.ok(isPassing(failure("MongoNetworkTimeoutError")));
  assert.ok(isPassing(failure("MongoPoolClearedOnNetworkError")));
  assert.ok(isPassing(failure("MongoServerError", { code: 10107 })));
  assert.ok(isPassing(failure("MongoBulkWriteError")));
  assert.ok(!isPassing(failure("MongoBulkWriteError", { code: 64 })));
  assert.ok(!isPassing(failure("MongoServerError", { code: 13 })));
});
