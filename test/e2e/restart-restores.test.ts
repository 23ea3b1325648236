import assert from "node:assert/strict";
import { test } from "node:test";
import { waitUntil } from "@baton/proto/testing/wait-until.test.support";
import { configure, runs, tasks } from "@baton/sdk";
import { Cluster } from "../support/cluster.ts";
import { Project } from "../support/project.ts";

const taskFile = `import { setTimeout as sleep } from "node:timers/promises";
import { task } from "@baton/sdk";

export const slow = task({
  id: "slow",
  queue: { concurrencyLimit: 1 },
  run: async (payload: { ms: number }) => {
    await sleep(payload.ms);
    return "slow";
  },
});

export const flaky = task({
  id: "flaky",
  retry: { maxAttempts: 2, minTimeoutInMs: 3_000, randomize: false },
  run: async (_payload: null, { ctx }) => {
    if (ctx.attempt.number === 1) throw new Error("not yet");
    return ctx.attempt.number;
  },
});
`;

test("queued, delayed, executing and retrying runs are all there after everything was killed and started again", async () => {
  await using project = await Project.create({ "trigger/tasks.ts": taskFile });
  await using cluster = await Cluster.start({ projectDir: project.dir });
  configure({ coordinator: cluster.address });
  const executing = await tasks.trigger("slow", { ms: 4_000 });
  const queued = await tasks.trigger("slow", { ms: 10 });
  const delayed = await tasks.trigger("slow", { ms: 10 }, { delay: "4s" });
  const retrying = await tasks.trigger("flaky", null);
  const statusOf = async (id: string) => (await runs.retrieve(id)).status;
  await waitUntil("the first to execute", async () => (await statusOf(executing.id)) === "EXECUTING");
  await waitUntil("the retry to be planned", async () => (await statusOf(retrying.id)) === "REATTEMPTING");
  assert.equal(await statusOf(queued.id), "QUEUED");
  assert.equal(await statusOf(delayed.id), "DELAYED");
  const failedAt = (await runs.retrieve(retrying.id)).attempts[0]?.completedAt;
  assert.ok(failedAt);

  await cluster.coordinator.kill("SIGKILL");
  for (const runner of cluster.runners.splice(0)) await runner.kill("SIGKILL");
  cluster.restartCoordinator();
  cluster.addRunner();
  await cluster.runnersReady();

  const ends = await Promise.all([executing, queued, delayed, retrying].map((handle) => runs.poll(handle.id)));
  assert.deepEqual(
    ends.map((run) => run.status),
    ["COMPLETED", "COMPLETED", "COMPLETED", "COMPLETED"],
  );
  const [, , , retried] = ends;
  assert.equal(retried?.attemptCount, 2);
  const secondStart = retried?.attempts[1]?.startedAt;
  assert.ok(secondStart && secondStart.getTime() - failedAt.getTime() >= 2_990, "not before its stored due time");
});
