import assert from "node:assert/strict";
import { afterEach, describe, test } from "node:test";
import { enterAttempt, leaveAttempt } from "./attempt-fixture.test.support.ts";
import { locals } from "./locals.ts";

describe("locals", () => {
  afterEach(leaveAttempt);
  const count = locals.create<number>("count");

  test("keep a value for the attempt, under every key with the same id", () => {
    enterAttempt({ locals: new Map() });
    assert.equal(locals.get(count), undefined);
    assert.equal(locals.set(count, 5), 5);
    assert.equal(locals.getOrThrow(locals.create("count")), 5);
    enterAttempt({ locals: new Map() });
    assert.equal(locals.get(count), undefined);
  });

  test("throw where a value is demanded that was never set; undefined may be set", () => {
    enterAttempt({ locals: new Map() });
    assert.throws(() => locals.getOrThrow(count), /"count" has no value: nothing of this attempt has set it/);
    const maybe = locals.create<string | undefined>("maybe");
    locals.set(maybe, undefined);
    assert.equal(locals.getOrThrow(maybe), undefined);
  });

  test("keep nothing outside an attempt", () => {
    assert.equal(locals.set(count, 5), 5);
    assert.equal(locals.get(count), undefined);
    assert.throws(() => locals.getOrThrow(count), /there is no attempt here/);
  });
});
