import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createRun } from "../life/new-run.ts";
import { attemptId, newRun, runId, runnerId } from "../life/run.test.support.ts";
import type { Run } from "../life/run.ts";
import { Story } from "../story.test.support.ts";

function stored(story: Story, number: number): Run {
  const run = story.partition.find(runId(number));
  assert.ok(run);
  return run;
}

describe("runs that somebody else wrote", () => {
  test("are all taken in before the next run is dispatched", () => {
    const story = new Story();
    story.connect("a");
    story.trigger(1);
    story.trigger(2);
    const completed: Run = { ...stored(story, 1), status: "completed", current: undefined, revision: 9 };
    const canceled: Run = { ...stored(story, 2), status: "canceled", revision: 9 };
    const reloaded = [completed, canceled].map((run) => ({ runId: run.id, stored: run }));
    assert.deepEqual(story.tell({ type: "runsReloaded", reloaded }), []);
    assert.equal(story.partition.size, 0);
  });

  test("free the slot of one for another", () => {
    const story = new Story();
    story.connect("a");
    story.trigger(1);
    story.trigger(2);
    const completed: Run = { ...stored(story, 1), status: "completed", current: undefined, revision: 9 };
    assert.deepEqual(story.tell({ type: "runsReloaded", reloaded: [{ runId: runId(1), stored: completed }] }), [
      "run_0002 dequeued",
      "assign run_0002 to runner_a",
    ]);
  });

  test("are left to a runner that has not spoken since the start, until its lease ends", () => {
    const story = new Story();
    story.trigger(1);
    const current = {
      id: attemptId("other"),
      number: 1,
      runnerId: runnerId("a"),
      machine: "small-1x",
      version: "20260101.1",
      assignedAt: 0,
    } as const;
    const dequeued: Run = { ...stored(story, 1), status: "dequeued", current, revision: 9 };
    assert.deepEqual(story.tell({ type: "runsReloaded", reloaded: [{ runId: runId(1), stored: dequeued }] }), []);
    assert.equal(story.status(1), "dequeued");
    story.at = 10_000;
    assert.deepEqual(story.tell({ type: "timerFired" }), ["run_0001 queued"]);
  });

  test("are queued when they wait for a task whose pages passed over them", () => {
    const story = new Story();
    const waiting = createRun(newRun(1), undefined, undefined, 0);
    // A repeated trigger creates the run again, so memory has it as queued, and its insert will be refused.
    story.trigger(1);
    const anew = stored(story, 1);
    const loading = story.step({ type: "pendingFound", taskIds: ["mail"] }).effects.map(({ type }) => type);
    assert.deepEqual(loading, ["loadPending"]);
    assert.deepEqual(story.tell({ type: "pendingLoaded", taskId: "mail", page: { runs: [waiting] } }), []);
    const refused = { run: anew, isInsert: true };
    const { changes } = story.step({
      type: "runsReloaded",
      reloaded: [{ runId: waiting.id, stored: waiting, refused }],
    });
    assert.deepEqual(
      changes.map(({ replaces, run }) => [run.status, replaces]),
      [["queued", 1]],
    );
  });
});
