import assert from "node:assert/strict";
import { test } from "node:test";
import { waitUntil } from "@baton/proto/testing/wait-until.test.support";
import { configure, runs } from "@baton/sdk";
import { appendingTask, readAppended, triggerAppending } from "../support/appending-task.ts";
import { Cluster } from "../support/cluster.ts";
import { hostOf, isAlive } from "../support/processes.ts";
import { Project } from "../support/project.ts";

const runCount = 50;

test("a killed runner takes its host along, and its runs start elsewhere after the lease", async () => {
  await using project = await Project.create({ "trigger/append.ts": appendingTask });
  await using cluster = await Cluster.start({
    projectDir: project.dir,
    runnerArgs: ["--concurrency", "50", "--memory", "64"],
  });
  configure({ coordinator: cluster.address });
  const handles = await triggerAppending(project, runCount, 6_000);
  const [victim] = cluster.runners;
  assert.ok(victim);
  await waitUntil("every run to start", () => readAppended(project).length >= runCount);
  const host = hostOf(victim.pid);
  cluster.addRunner();
  await cluster.runnersReady(2);

  await victim.kill("SIGKILL");
  const killedAt = Date.now();
  await waitUntil("the host to be gone", () => !isAlive(host), 10_000, 10);
  const hostGoneMs = Date.now() - killedAt;
  assert.ok(hostGoneMs < 5_000, `the host lived on for ${hostGoneMs} ms`);

  const ended = await Promise.all(handles.map((handle) => runs.poll(handle.id)));
  assert.ok(ended.every((run) => run.status === "COMPLETED" && run.attemptCount === 1));
  const again = ended.filter((run) => run.attempts.some((attempt) => attempt.status === "INTERRUPTED"));
  assert.ok(again.length > 0, "some runs were interrupted");
  for (const run of again) {
    const [first, second] = run.attempts;
    assert.ok(first?.completedAt && second?.startedAt);
    assert.equal(first.number, second.number);
    assert.ok(second.startedAt.getTime() - killedAt >= 7_500, "not before the lease had ended");
  }
});
