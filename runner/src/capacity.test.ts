import assert from "node:assert/strict";
import { test } from "node:test";
import { addOccupancy, hasRoom, noOccupancy, occupancyOf } from "./capacity.ts";

const capacity = { concurrency: 3, cpu: 2, memoryGb: 4, overcommit: false };

test("vCPU counts from one vCPU on", () => {
  assert.equal(occupancyOf("small-1x").cpu, 0);
  assert.equal(occupancyOf("small-2x").cpu, 1);
});

test("threads, memory and vCPU each end the room", () => {
  const small = occupancyOf("small-1x");
  const three = [small, small, small].reduce(addOccupancy, noOccupancy);
  assert.equal(hasRoom(capacity, addOccupancy(small, small), small), true);
  assert.equal(hasRoom(capacity, three, small), false);
  assert.equal(hasRoom(capacity, occupancyOf("medium-2x"), small), false);
  assert.equal(hasRoom({ ...capacity, memoryGb: 16 }, occupancyOf("medium-2x"), occupancyOf("small-2x")), false);
});

test("a preset larger than the runner begins alone, and only with overcommit", () => {
  const large = occupancyOf("large-1x");
  assert.equal(hasRoom(capacity, noOccupancy, large), false);
  assert.equal(hasRoom({ ...capacity, overcommit: true }, noOccupancy, large), true);
  assert.equal(hasRoom({ ...capacity, overcommit: true }, occupancyOf("micro"), large), false);
});
