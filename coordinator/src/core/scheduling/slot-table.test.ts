import assert from "node:assert/strict";
import { test } from "node:test";
import { createRun } from "../life/new-run.ts";
import { definition, newRun } from "../life/run.test.support.ts";
import type { Run } from "../life/run.ts";
import { SlotTable } from "./slot-table.ts";

function run(id: number, queue: string, concurrencyKey?: string): Run {
  return { ...createRun(newRun(id), undefined, definition(), 100), queue, concurrencyKey };
}

function table(limits: Readonly<Record<string, number>>, environmentLimit?: number, burstFactor = 1): SlotTable {
  return new SlotTable({ environmentLimit, burstFactor }, { limitOf: (queue) => limits[queue] });
}

test("the run that takes the last slot of a queue is told so, and the one that frees it", () => {
  const slots = table({ mail: 2 });
  assert.equal(slots.hold(run(1, "mail")), undefined);
  assert.equal(slots.hold(run(2, "mail"))?.queue, "mail");
  assert.equal(slots.release(run(1, "mail"))?.queue, "mail");
  assert.equal(slots.release(run(2, "mail")), undefined);
});

test("each concurrency key has the slots of its queue for itself", () => {
  const slots = table({ mail: 1 });
  assert.ok(slots.hold(run(1, "mail", "ada")));
  assert.ok(slots.hold(run(2, "mail", "bob")));
  assert.equal(slots.countHolders("mail", "ada"), 1);
  assert.equal(slots.countHolders("mail", ""), 0);
});

test("a run that is given its slot twice holds one", () => {
  const slots = table({ mail: 2 });
  slots.hold(run(1, "mail"));
  slots.hold(run(1, "mail"));
  assert.equal(slots.countHolders("mail", ""), 1);
  slots.release(run(1, "mail"));
  assert.equal(slots.release(run(1, "mail")), undefined);
});

test("no queue has more slots than the environment, and all together have the burst", () => {
  const slots = table({ mail: 9 }, 2, 1.5);
  assert.equal(slots.limitOf("mail"), 2);
  assert.equal(slots.limitOf("other"), 2);
  for (const id of [1, 2]) slots.hold(run(id, "mail"));
  assert.ok(slots.hasRoom);
  slots.hold(run(3, "other"));
  assert.ok(!slots.hasRoom);
  slots.release(run(3, "other"));
  assert.ok(slots.hasRoom);
});
