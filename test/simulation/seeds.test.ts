import assert from "node:assert/strict";
import { test } from "node:test";
import { simulate } from "./simulation.ts";

async function holds(seed: number, withFaults: boolean): Promise<string> {
  const { digest, failure, tail } = await simulate({ seed, withFaults });
  assert.equal(failure, undefined, `seed ${seed}: ${failure?.stack}\n${tail.slice(-60).join("\n")}`);
  return digest;
}

/** Digests of the simulated seeds with faults. */
const digests = new Map<number, string>();

async function holdAll(seeds: number, withFaults: boolean): Promise<void> {
  for (let seed = 1; seed <= seeds; seed += 1) {
    const digest = await holds(seed, withFaults);
    if (withFaults) digests.set(seed, digest);
  }
}

test("the invariants hold for twenty seeds without faults", () => holdAll(20, false));

test("the invariants hold for fifty seeds with faults", () => holdAll(50, true));

test("a seed replays exactly", async () => {
  for (const seed of [3, 11, 29]) assert.equal(await holds(seed, true), digests.get(seed));
});

test("another seed tells another story", () => {
  assert.equal(new Set(digests.values()).size, digests.size);
});
