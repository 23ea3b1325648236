import assert from "node:assert/strict";
import { test } from "node:test";
import { simulate } from "./simulation.ts";

async function holds(seed: number, withFaults: boolean): Promise<string> {
  const { digest, failure, tail } = await simulate({ seed, withFaults });
  assert.equal(failure, undefined, `seed ${seed}: ${failure?.stack}\n${tail.slice(-60).join("\n")}`);
  return digest;
}

/** Seeds that once showed a bug. Nothing proves yet that they still reach the state of that bug. */
const bugs: readonly { readonly seed: number; readonly withFaults: boolean; readonly once: string }[] = [
  {
    seed: 2,
    withFaults: false,
    once: "a step without effects shared its list with the next, which spoke before it was durable",
  },
  {
    seed: 6,
    withFaults: false,
    once: "a run that a full window dropped while it was taken in stayed in the due window alone",
  },
  { seed: 14, withFaults: false, once: "the end of a version's grace was looked at with the time of the step before" },
  {
    seed: 10,
    withFaults: true,
    once: "an ended attempt that a welcome stopped was never reported gone, and its run kept its slot",
  },
  { seed: 37, withFaults: true, once: "a lane that was cut short while a page was read had a gap before that page" },
  { seed: 21, withFaults: true, once: "a queued run with a ttl did not expire after a restart" },
  {
    seed: 217,
    withFaults: true,
    once: "a queued run whose old thread lingers made its stored lane look complete at the start",
  },
  {
    seed: 1272,
    withFaults: true,
    once: "a page brought a run as it was before a cancellation, whose write it then replaced",
  },
  {
    seed: 2906,
    withFaults: true,
    once: "the watchers of a run that a dead coordinator's late batch ended were not told",
  },
  {
    seed: 3642,
    withFaults: true,
    once: "while one of several refused runs was reloaded, another was dispatched as it had been",
  },
  {
    seed: 5866,
    withFaults: true,
    once: "a run that waits for its task was passed over because a doubled trigger had made it anew",
  },
];

/** Digests of seeds with faults that were played. */
const digests = new Map<number, string>();

async function holdAll(seeds: number, withFaults: boolean): Promise<void> {
  for (let seed = 1; seed <= seeds; seed += 1) {
    // Those of known bugs have a test each below.
    if (bugs.some((bug) => bug.seed === seed && bug.withFaults === withFaults)) continue;
    const digest = await holds(seed, withFaults);
    if (withFaults) digests.set(seed, digest);
  }
}

test("the invariants hold for twenty seeds without faults, with those of known bugs", () => holdAll(20, false));

test("the invariants hold for forty seeds with faults, with those of known bugs", () => holdAll(40, true));

test("a seed replays exactly", async () => {
  for (const seed of [3, 11, 29]) assert.equal(await holds(seed, true), digests.get(seed));
});

test("another seed tells another story", () => {
  assert.equal(new Set(digests.values()).size, digests.size);
});

for (const { once, seed, withFaults } of bugs) {
  test(`the invariants hold where once ${once} [seed ${seed}]`, async () => {
    await holds(seed, withFaults);
  });
}
