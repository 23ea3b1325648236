import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { makeCoreState, type PartitionOptions } from "../core-state.ts";
import { createRun } from "../life/new-run.ts";
import { definition, newRun, runnerId, version } from "../life/run.test.support.ts";
import { explain } from "./explain.ts";

const now = { wall: 0, monotonic: 0 };
const name = "20260101.1";
const run = createRun(newRun(1), undefined, definition(), 0);

/** A core state that knows the task "mail", with one runner that has it. */
function makeState(scheduling?: PartitionOptions["scheduling"], hasRunner = true) {
  const state = makeCoreState({ leaseMs: 10_000, random: () => 0.5, ...(scheduling && { scheduling }) });
  state.tasks.add([version(name, [definition()])], 0);
  const runner = state.runners.obtain(runnerId("a"), 0);
  const capacity = { concurrency: 1, cpu: 1, memoryGb: 1, overcommit: false };
  if (hasRunner) {
    runner.connect({ runnerId: runner.id, session: 1, capacity, versions: [name], held: [], draining: false }, 0);
    state.versions.refresh(now);
  }
  state.memory.put(now, undefined, run);
  return { state, runner };
}

describe("a queued run waits for", () => {
  test("a runner that has its task", () => {
    const { state } = makeState(undefined, false);
    assert.equal(explain(run, state, 0), 'No connected runner has the task "mail".');
  });

  test("a runner that is large enough", () => {
    const { state } = makeState();
    assert.match(explain({ ...run, machine: "large-2x" }, state, 0), /as large as its machine "large-2x"/);
  });

  test("a slot of the environment", () => {
    const { state } = makeState({ versionGraceMs: 0, burstFactor: 0, environmentLimit: 3 });
    assert.equal(explain(run, state, 0), "All queues together are at the environment's limit of 0.");
  });

  test("runners that gave back what they were given, until their pause ends", () => {
    const { runner, state } = makeState();
    runner.returned("noThread", name, 0);
    assert.match(explain(run, state, 0), /gave back what it was given/);
    assert.match(explain(run, state, runner.pausedUntil), /a free thread on 1 runner\.$/);
  });

  test("runners that shut down", () => {
    const { runner, state } = makeState();
    runner.hear({ isDraining: true });
    assert.equal(explain(run, state, 0), "Every runner that has its task is shutting down.");
  });

  test("a free thread, and for the runs ahead of it", () => {
    const { state } = makeState();
    assert.equal(explain(run, state, 0), "It waits for a free thread on 1 runner.");
    const second = createRun(newRun(2), undefined, definition(), 0);
    state.memory.put(now, undefined, second);
    assert.equal(explain(second, state, 0), "It waits for a free thread on 1 runner and for the runs ahead of it.");
  });
});
