import assert from "node:assert/strict";
import { test } from "node:test";
import { StoreLockedError } from "../../errors.ts";
import { isAway, isPassing, readBulkInsertFailure, redactAddress, requestFailure } from "./failure.ts";

function failure(name: string, members: object = {}): Error {
  return Object.assign(new Error("it failed."), { name, ...members });
}

test("errors of ours stay what they are", () => {
  const locked = new StoreLockedError("held");
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
  for (const code of [189, 11602, 91]) assert.ok(isPassing(failure("MongoServerError", { code })));
  assert.ok(!isPassing(failure("MongoServerSelectionError")));
  assert.ok(isAway(failure("MongoServerSelectionError")));
});

test("an address is shown without its passwords, even when it is written wrongly", () => {
  assert.equal(redactAddress("mongodb://a,b/c?w=majority"), "mongodb://a,b/c?w=majority");
  for (const password of ["secret", "se%40cret", "se@cret", "se/cret", "se:cret"]) {
    assert.equal(redactAddress(`mongodb+srv://ada:${password}@a,b/c?x=1`), "mongodb+srv://ada:***@a,b/c?x=1");
  }
  assert.equal(
    redactAddress("mongodb://a/b?tlsCertificateKeyFilePassword=secret&authMechanismProperties=TOKEN:secret&x=1"),
    "mongodb://a/b?tlsCertificateKeyFilePassword=***&authMechanismProperties=***&x=1",
  );
});
