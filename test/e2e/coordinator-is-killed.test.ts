import assert from "node:assert/strict";
import { test } from "node:test";
import { waitUntil } from "@baton/proto/testing/wait-until.test.support";
import { configure, runs } from "@baton/sdk";
import { appendingTask, readAppended, startsByAttempt, triggerAppending } from "../support/appending-task.ts";
import { Cluster } from "../support/cluster.ts";
import { Project } from "../support/project.ts";

const runCount = 200;

test("a coordinator killed while 200 runs execute loses none of them and starts no attempt twice", async () => {
  await using project = await Project.create({ "trigger/append.ts": appendingTask });
  await using cluster = await Cluster.start({
    projectDir: project.dir,
    runnerArgs: ["--concurrency", "100", "--memory", "64"],
  });
  configure({ coordinator: cluster.address });
  const handles = await triggerAppending(project, runCount);
  await waitUntil(
    "a hundred starts",
    () => readAppended(project).filter((line) => line.what === "start").length >= 100,
  );

  await cluster.coordinator.kill("SIGKILL");
  cluster.restartCoordinator();
  await cluster.runnersReady();

  const ended = await Promise.all(handles.map((handle) => runs.poll(handle.id)));
  for (const run of ended) assert.equal(run.status, "COMPLETED", `${run.id} ended ${run.status}`);
  assert.equal(new Set(ended.map((run) => run.id)).size, runCount);
  const lines = readAppended(project);
  for (const [attemptId, starts] of startsByAttempt(lines))
    assert.equal(starts, 1, `${attemptId} started ${starts} times`);
  assert.equal(lines.filter((line) => line.what === "end").length, runCount);
  assert.ok(ended.every((run) => run.attemptCount === 1));
});
