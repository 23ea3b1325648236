import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { waitUntil } from "@baton/proto/testing/wait-until.test.support";
import { configure, type RetrievedRun, runs, tasks, timeout } from "@baton/sdk";
import { Cluster } from "../support/cluster.ts";
import { Project } from "../support/project.ts";

const taskFile = `import { task, timeout } from "@baton/sdk";

const limitOf = async (_payload: null, { ctx }) => ctx.run.maxDuration ?? null;

export const blocked = task({ id: "blocked", ttl: "1s", queue: { concurrencyLimit: 0 }, run: async () => "never" });
export const free = task({ id: "free", run: async () => "done" });

export const retried = task({
  id: "retried",
  ttl: "1s",
  retry: { maxAttempts: 2, minTimeoutInMs: 2_500, randomize: false },
  run: async (_payload: null, { ctx }) => {
    if (ctx.attempt.number === 1) throw new Error("not yet");
  },
});

export const limited = task({ id: "limited", maxDuration: 60, run: limitOf });
export const unlimited = task({ id: "unlimited", maxDuration: timeout.None, run: limitOf });
export const configured = task({ id: "configured", run: limitOf });
`;

const config = `import { defineConfig } from "@baton/sdk"; export default defineConfig({ maxDuration: 50 });`;

function msBetween(earlier: Date | undefined, later: Date | undefined): number {
  assert.ok(earlier && later);
  return later.getTime() - earlier.getTime();
}

describe("trigger options", () => {
  let project: Project;
  let cluster: Cluster;

  before(async () => {
    project = await Project.create({ "trigger/tasks.ts": taskFile, "trigger.config.ts": config });
    cluster = await Cluster.start({
      projectDir: project.dir,
      coordinatorEnv: { BATON_MIN_MAX_DURATION_MS: "5000" },
    });
    configure({ coordinator: cluster.address });
  });

  after(async () => {
    await cluster?.[Symbol.asyncDispose]();
    await project?.[Symbol.asyncDispose]();
  });

  const outcome = async (id: string, options = {}): Promise<RetrievedRun> =>
    runs.poll((await tasks.trigger(id, null, options)).id);

  test("a ttl counts from the end of the delay [case 97]", async () => {
    const handle = await tasks.trigger("blocked", null, { delay: "2s" });
    assert.equal((await runs.retrieve(handle.id)).status, "DELAYED");
    const run = await runs.poll(handle.id);
    assert.equal(run.status, "EXPIRED");
    // The delay counts from the arrival of the trigger, a moment before the run is created.
    assert.ok(msBetween(run.createdAt, run.queuedAt) >= 1_900);
    const waitedMs = msBetween(run.queuedAt, run.expiredAt);
    assert.ok(waitedMs >= 1_000 && waitedMs < 2_500, `expired after ${waitedMs} ms in the queue`);
    assert.match(run.error?.message ?? "", /ttl of 1 s/);
  });

  test("a ttl that passes while the run waits for its next attempt is not looked at [case 98]", async () => {
    const run = await outcome("retried");
    assert.deepEqual([run.status, run.attemptCount], ["COMPLETED", 2]);
  });

  test("a delay in the past is none, and one that is neither duration nor date is refused [case 100]", async () => {
    const run = await outcome("free", { delay: new Date(Date.now() - 60_000) });
    assert.ok(msBetween(run.createdAt, run.queuedAt) < 1_000);
    await assert.rejects(tasks.trigger("free", null, { delay: "soon" }), { code: "OPTION_INVALID" });
  });

  test("the limit of the trigger stands over the task's, and that over the config's [case 81]", async () => {
    assert.equal((await outcome("limited", { maxDuration: 10 })).output, 10);
    assert.equal((await outcome("limited")).output, 60);
    assert.equal((await outcome("configured")).output, 50);
    assert.equal((await outcome("limited", { maxDuration: 0 })).output, 60);
  });

  test("timeout.None lifts the limit, on the task and on the trigger", async () => {
    assert.equal((await outcome("unlimited")).output, null);
    assert.equal((await outcome("limited", { maxDuration: timeout.None })).output, null);
  });

  test("a limit below the coordinator's minimum is raised to it", async () => {
    assert.equal((await outcome("limited", { maxDuration: 1 })).output, 5);
  });

  test("a run that waits for its task to be registered says so", async () => {
    const handle = await tasks.trigger("unheard-of", null);
    const run = await waitUntil("the run to be stored", async () => runs.retrieve(handle.id));
    assert.equal(run.status, "PENDING_VERSION");
    assert.match(run.waitingFor ?? "", /The task "unheard-of" is not registered/);
  });
});
