import assert from "node:assert/strict";
import { test } from "node:test";
import { waitUntil } from "@baton/proto/testing/wait-until.test.support";
import { configure, runs } from "@baton/sdk";
import { appendingTask, readAppended, startsByAttempt, triggerAppending } from "../support/appending-task.ts";
import { Cluster } from "../support/cluster.ts";
import { hostOf } from "../support/processes.ts";
import { Project } from "../support/project.ts";

const runCount = 200;

test("runs of a killed host start again within 2 s, uncharged, and outcomes already reported survive", async () => {
  await using project = await Project.create({ "trigger/append.ts": appendingTask });
  await using cluster = await Cluster.start({
    projectDir: project.dir,
    runnerArgs: ["--concurrency", "40", "--memory", "64"],
  });
  configure({ coordinator: cluster.address });
  const handles = await triggerAppending(project, runCount);
  await waitUntil("some ends", () => readAppended(project).filter((line) => line.what === "end").length >= 20);
  const runner = cluster.runners[0];
  assert.ok(runner);
  const host = hostOf(runner.pid);

  process.kill(host, "SIGKILL");
  const killedAt = Date.now();
  const before = readAppended(project);
  const endedBefore = new Set(before.filter((line) => line.what === "end").map((line) => line.runId));
  const interrupted = before.filter((line) => line.what === "start" && !endedBefore.has(line.runId));
  assert.ok(interrupted.length > 0);
  await waitUntil("every interrupted run to start again", () => {
    const starts = readAppended(project).filter((line) => line.what === "start");
    return interrupted.every(({ runId }) => starts.filter((line) => line.runId === runId).length === 2);
  });
  const restartedMs = Date.now() - killedAt;

  const ended = await Promise.all(handles.map((handle) => runs.poll(handle.id)));
  assert.ok(ended.every((run) => run.status === "COMPLETED" && run.attemptCount === 1));
  assert.ok(restartedMs < 10_000, `it took ${restartedMs} ms`);
  for (const [attemptId, starts] of startsByAttempt(readAppended(project))) {
    assert.equal(starts, 1, `${attemptId} started ${starts} times`);
  }
  for (const { runId } of interrupted) {
    const run = await runs.retrieve(runId);
    assert.deepEqual(
      run.attempts.map((attempt) => attempt.status),
      ["INTERRUPTED", "COMPLETED"],
    );
  }
});
