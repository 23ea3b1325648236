import assert from "node:assert/strict";
import { test } from "node:test";
import type { RunnerCapacity } from "./event.ts";
import { attemptId, runId, runnerId } from "./run.test.support.ts";
import { Runner, RunnerTable } from "./runner-table.ts";

function runner(capacity: Partial<RunnerCapacity> = {}, name = "a"): Runner {
  const made = new Runner(runnerId(name), 0);
  made.capacity = { concurrency: 4, cpu: 2, memoryGb: 4, overcommit: false, ...capacity };
  return made;
}

test("threads are the first limit", () => {
  const full = runner({ concurrency: 1 });
  assert.ok(full.hasRoom("micro"));
  full.hold(runId(1), attemptId("1"), "micro");
  assert.ok(!full.hasRoom("micro"));
  full.release(runId(1));
  assert.ok(full.hasRoom("micro"));
});

test("memory counts for every machine, vCPU from 1 vCPU on", () => {
  const half = runner({ cpu: 0.5, memoryGb: 1 });
  assert.ok(half.hasRoom("small-1x"));
  assert.ok(!half.hasRoom("small-2x"));
  half.hold(runId(1), attemptId("1"), "small-1x");
  half.hold(runId(2), attemptId("2"), "small-1x");
  assert.ok(!half.hasRoom("micro"));
});

test("a machine larger than the runner is placed alone, and only with overcommit", () => {
  assert.ok(!runner().everFits("large-1x"));
  const willing = runner({ overcommit: true });
  assert.ok(willing.everFits("large-1x"));
  assert.ok(willing.hasRoom("large-1x"));
  willing.hold(runId(1), attemptId("1"), "micro");
  assert.ok(!willing.hasRoom("large-1x"));
});

test("a runner of no threads takes nothing, overcommit or not", () => {
  assert.ok(!runner({ concurrency: 0, overcommit: true }).hasRoom("large-1x"));
});

test("what is sent ahead is bounded by what the runner asked for", () => {
  const busy = runner({ concurrency: 1 });
  busy.prefetch = 1;
  busy.hold(runId(1), attemptId("1"), "micro");
  assert.ok(busy.wantsMore("micro"));
  busy.hold(runId(2), attemptId("2"), "micro");
  assert.ok(!busy.wantsMore("micro"));
  assert.ok(!busy.wantsMore("large-1x"));
});

test("the least loaded runner that has the version is chosen; a draining one never is", () => {
  const table = new RunnerTable(1_000);
  for (const name of ["a", "b", "c"]) {
    const made = table.obtain(runnerId(name), 0);
    made.capacity = { concurrency: 2, cpu: 2, memoryGb: 4, overcommit: false };
    made.isConnected = true;
    made.versions = new Set(["v"]);
  }
  table.find(runnerId("a"))?.hold(runId(1), attemptId("1"), "micro");
  assert.equal(table.choose("micro", "v", false)?.id, runnerId("b"));
  const [b, c] = [table.find(runnerId("b")), table.find(runnerId("c"))];
  assert.ok(b && c);
  b.isDraining = true;
  c.isConnected = false;
  assert.equal(table.choose("micro", "v", false)?.id, runnerId("a"));
  assert.equal(table.choose("micro", "other", false), undefined);
});
