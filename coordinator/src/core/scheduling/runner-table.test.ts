import assert from "node:assert/strict";
import { test } from "node:test";
import type { AttemptId } from "@baton/proto/contract/ids";
import type { MachineName } from "@baton/proto/contract/machine";
import type { RunnerCapacity } from "../event.ts";
import { attemptId, runId, runnerId } from "../life/run.test.support.ts";
import { type Holder, Runner, RunnerTable } from "./runner-table.ts";

function runner(capacity: Partial<RunnerCapacity> = {}, name = "a"): Runner {
  const made = new Runner(runnerId(name), 0);
  made.capacity = { concurrency: 4, cpu: 2, memoryGb: 4, overcommit: false, ...capacity };
  return made;
}

function held(id: AttemptId, machine: MachineName, isSolo = false): Omit<Holder, "runnerId"> {
  return { attemptId: id, machine, isSolo };
}

test("threads are the first limit", () => {
  const full = runner({ concurrency: 1 });
  assert.ok(full.hasRoom("micro"));
  full.hold(runId(1), held(attemptId("1"), "micro"));
  assert.ok(!full.hasRoom("micro"));
  full.release(runId(1));
  assert.ok(full.hasRoom("micro"));
});

test("memory counts for every machine, vCPU from 1 vCPU on", () => {
  const half = runner({ cpu: 0.5, memoryGb: 1 });
  assert.ok(half.hasRoom("small-1x"));
  assert.ok(!half.hasRoom("small-2x"));
  half.hold(runId(1), held(attemptId("1"), "small-1x"));
  half.hold(runId(2), held(attemptId("2"), "small-1x"));
  assert.ok(!half.hasRoom("micro"));
});

test("a machine larger than the runner is placed alone, and only with overcommit", () => {
  assert.ok(!runner().everFits("large-1x"));
  const willing = runner({ overcommit: true });
  assert.ok(willing.everFits("large-1x"));
  assert.ok(willing.hasRoom("large-1x"));
  willing.hold(runId(1), held(attemptId("1"), "micro"));
  assert.ok(!willing.hasRoom("large-1x"));
});

test("a runner of no threads takes nothing, overcommit or not", () => {
  assert.ok(!runner({ concurrency: 0, overcommit: true }).hasRoom("large-1x"));
});

test("what is sent ahead is bounded by what the runner asked for", () => {
  const busy = runner({ concurrency: 1 });
  busy.prefetch = 1;
  busy.hold(runId(1), held(attemptId("1"), "micro"));
  assert.ok(busy.wantsMore("micro"));
  busy.hold(runId(2), held(attemptId("2"), "micro"));
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
  table.find(runnerId("a"))?.hold(runId(1), held(attemptId("1"), "micro"));
  assert.equal(
    table.choose({ machine: "micro", version: "v", isSolo: false, mayPrefetch: false }, 0)?.id,
    runnerId("b"),
  );
  const [b, c] = [table.find(runnerId("b")), table.find(runnerId("c"))];
  assert.ok(b && c);
  b.isDraining = true;
  c.isConnected = false;
  assert.equal(
    table.choose({ machine: "micro", version: "v", isSolo: false, mayPrefetch: false }, 0)?.id,
    runnerId("a"),
  );
  assert.equal(table.choose({ machine: "micro", version: "other", isSolo: false, mayPrefetch: false }, 0), undefined);
});

test("runs that are executed alone are given to a runner one after another", () => {
  const table = new RunnerTable(1_000);
  const only = table.obtain(runnerId("a"), 0);
  only.capacity = { concurrency: 4, cpu: 4, memoryGb: 8, overcommit: false };
  only.isConnected = true;
  only.versions = new Set(["v"]);
  const need = { machine: "micro", version: "v", mayPrefetch: false } as const;
  only.hold(runId(1), held(attemptId("1"), "micro", true));
  assert.equal(table.choose({ ...need, isSolo: true }, 0), undefined);
  assert.equal(table.choose({ ...need, isSolo: false }, 0), only);
  only.release(runId(1));
  assert.equal(table.choose({ ...need, isSolo: true }, 0), only);
});

test("a runner that gives back what it gets waits longer each time, and comes after one that works", () => {
  const table = new RunnerTable(1_000);
  for (const name of ["bad", "good"]) {
    const made = table.obtain(runnerId(name), 0);
    made.capacity = { concurrency: 2, cpu: 2, memoryGb: 4, overcommit: false };
    made.isConnected = true;
    made.versions = new Set(["v"]);
  }
  const [bad, good] = [table.find(runnerId("bad")), table.find(runnerId("good"))];
  assert.ok(bad && good);
  const chosenAt = (at: number) =>
    table.choose({ machine: "micro", version: "v", isSolo: false, mayPrefetch: false }, at)?.id;
  good.isDraining = true;
  bad.failed(0);
  bad.failed(0);
  assert.deepEqual([chosenAt(249), chosenAt(250)], [undefined, bad.id]);
  bad.failed(250);
  assert.deepEqual([chosenAt(749), chosenAt(750)], [undefined, bad.id]);
  good.isDraining = false;
  good.hold(runId(1), held(attemptId("1"), "micro"));
  assert.equal(chosenAt(750), good.id);
  bad.worked();
  assert.equal(chosenAt(750), bad.id);
});
