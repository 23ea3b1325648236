import assert from "node:assert/strict";
import { test } from "node:test";
import { idRandomBytes, isId, isIdPrefix, makeId } from "./ids.ts";

const chance = (byte: number) => new Uint8Array(idRandomBytes).fill(byte);

test("an id has its prefix, ten digits of time and sixteen of chance, and is one that clients may make", () => {
  const id = makeId("run_", 1_700_000_000_000, chance(31));
  assert.equal(id, `run_01hf7yat00${"z".repeat(16)}`);
  assert.ok(isId("run_", id));
  assert.ok(!isId("batch_", id));
  assert.ok(isIdPrefix("run_", id.slice(0, 9)));
});

test("an id that was made in a later millisecond sorts later, whatever chance says", () => {
  assert.ok(makeId("run_", 1_700_000_000_000, chance(31)) < makeId("run_", 1_700_000_000_001, chance(0)));
});
