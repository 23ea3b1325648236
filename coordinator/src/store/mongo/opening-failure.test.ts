import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { StoreLockedError } from "../../errors.ts";
import { openingFailure } from "./opening-failure.ts";

function failure(name: string, members: object = {}): Error {
  return Object.assign(new Error("it failed."), { name, ...members });
}

function told(message: string, code: number): Error {
  return Object.assign(new Error(message), { name: "MongoServerError", code });
}

function noPrimary(setName: string, hosts: readonly string[]): Error {
  const servers = new Map(hosts.map((host) => [host, {}]));
  return failure("MongoServerSelectionError", { reason: { type: "ReplicaSetNoPrimary", setName, servers } });
}

describe("what an opening failed with is told with what to do", () => {
  const cases: readonly (readonly [string, Error, string, RegExp])[] = [
    ["a wrong password", failure("MongoServerError", { code: 18 }), "STORE_UNUSABLE", /password or authSource/],
    ["no permission to write", failure("MongoServerError", { code: 13 }), "STORE_UNUSABLE", /role readWrite/],
    ["no user", told("command find requires authentication", 13), "STORE_UNUSABLE", /mongodb:\/\/user:password@/],
    ["no journal", told("cannot use 'j' option when …", 2), "STORE_UNUSABLE", /no journal/],
    ["anything else that the server says", told("bad index", 86), "STORE_UNUSABLE", /refuses .*bad index/],
    ["a name that no database may have", failure("MongoInvalidArgumentError"), "STORE_UNUSABLE", /Correct the address/],
    ["a set without a primary", noPrimary("rs0", ["a:1"]), "STORE_UNAVAILABLE", /"rs0" has no primary/],
    ["another set", noPrimary("rs9", []), "STORE_UNAVAILABLE", /belongs to a replica set "rs9"/],
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

test("an error of ours stays what it is", () => {
  const locked = new StoreLockedError("held");
  assert.equal(openingFailure(locked, "a"), locked);
});
