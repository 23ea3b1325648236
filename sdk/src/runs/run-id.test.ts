import assert from "node:assert/strict";
import { test } from "node:test";
import { newBatchId, newRunId } from "./run-id.ts";

test("ids have a prefix and 26 letters and digits, and none comes twice", () => {
  const ids = Array.from({ length: 10_000 }, newRunId);
  for (const id of ids) assert.match(id, /^run_[0-9a-z]{26}$/);
  assert.equal(new Set(ids).size, ids.length);
  assert.match(newBatchId(), /^batch_[0-9a-z]{26}$/);
});

test("an id made in a later millisecond sorts later", (t) => {
  t.mock.timers.enable({ apis: ["Date"], now: 1_700_000_000_000 });
  const first = newRunId();
  t.mock.timers.tick(1);
  assert.ok(first < newRunId());
});
