import assert from "node:assert/strict";
import { test } from "node:test";
import { OncePerTurn } from "./once-per-turn.ts";

/** A clock with private members, whose method fails when it is called without its object. */
class TestClock {
  readonly #callbacks: (() => void)[];

  constructor(callbacks: (() => void)[]) {
    this.#callbacks = callbacks;
  }

  soon(callback: () => void): void {
    this.#callbacks.push(callback);
  }
}

test("work that is planned several times in a turn is done once, and again when it is planned again", () => {
  const soon: (() => void)[] = [];
  let count = 0;
  const once = new OncePerTurn(() => {
    count += 1;
  }, new TestClock(soon));
  once.runNow();
  assert.equal(count, 0);
  once.plan();
  once.plan();
  assert.equal(soon.length, 1);
  soon.shift()?.();
  assert.equal(count, 1);
  once.plan();
  once.runNow();
  assert.equal(count, 2);
  soon.shift()?.();
  assert.equal(count, 2);
});
