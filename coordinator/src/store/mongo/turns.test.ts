import assert from "node:assert/strict";
import { test } from "node:test";
import { Turns } from "./turns.ts";

test("so many requests are on their way at once, in order, whether they succeed or not", async () => {
  const turns = new Turns(2);
  const begun: number[] = [];
  const ends: (() => void)[] = [];
  const answers = [0, 1, 2, 3].map((n) =>
    turns.take(async () => {
      begun.push(n);
      await new Promise<void>((resolve) => ends.push(resolve));
      if (n === 0) throw new Error("it failed");
      return n;
    }),
  );
  const settled = Promise.allSettled(answers);
  for (let ended = 0; ended < 4; ended += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(begun, [0, 1, 2, 3].slice(0, Math.min(4, ended + 2)));
    ends[ended]?.();
  }
  assert.deepEqual(
    (await settled).map(({ status }) => status),
    ["rejected", "fulfilled", "fulfilled", "fulfilled"],
  );
  assert.equal(await turns.take(async () => "free"), "free");
});
