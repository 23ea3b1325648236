import assert from "node:assert/strict";
import { test } from "node:test";
import { brokenVariants } from "./broken-variants.ts";
import { isInvariantFailure, simulate } from "./simulation.ts";

const seedLimit = 500;

for (const { firstSeed = 1, mistake, noticedBy, options } of brokenVariants) {
  test(`the simulation notices when ${mistake}`, async () => {
    for (let seed = firstSeed; seed < firstSeed + seedLimit; seed += 1) {
      const { failure } = await simulate({ seed, withFaults: true, ...options });
      if (failure === undefined) continue;
      assert.ok(isInvariantFailure(failure), `seed ${seed}: ${failure.stack}`);
      assert.ok(noticedBy.includes(failure.invariant), `seed ${seed} noticed something else: ${failure.message}`);
      return;
    }
    assert.fail(`Not one of ${seedLimit} seeds noticed it.`);
  });
}
