import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { waitUntil } from "@baton/proto/testing/wait-until.test.support";
import { configure, type RetrievedRun, runs, tasks } from "@baton/sdk";
import { beatenFile, beatingBody, beatingImports, mostAtOnce, readBeats, startOrder } from "../support/beating-task.ts";
import { Cluster } from "../support/cluster.ts";
import { Project } from "../support/project.ts";

const taskFile = `import { queue, task } from "@baton/sdk";
${beatingImports}
const run = async (payload: { file: string; ms: number }, { ctx }) => {
    ${beatingBody}
};

export const single = task({ id: "single", queue: { concurrencyLimit: 1 }, run });
export const prioritized = task({ id: "prioritized", queue: { concurrencyLimit: 1 }, run });
export const older = task({ id: "older", queue: { concurrencyLimit: 1 }, run });
const shared = queue({ name: "shared", concurrencyLimit: 1 });
export const left = task({ id: "left", queue: shared, run });
export const right = task({ id: "right", queue: shared, run });
export const closed = task({ id: "closed", queue: { concurrencyLimit: 0 }, run });
export const free = task({ id: "free", run });

export const flaky = task({
  id: "flaky",
  queue: { concurrencyLimit: 1 },
  retry: { maxAttempts: 2, minTimeoutInMs: 100, randomize: false },
  run: async (payload: { file: string; ms: number }, options) => {
    await run(payload, options);
    if (options.ctx.attempt.number === 1) throw new Error("not yet");
  },
});
`;

const wideFile = (limit: number) => `import { task } from "@baton/sdk";
${beatingImports}
export const wide = task({
  id: "wide",
  queue: { concurrencyLimit: ${limit} },
  run: async (payload: { file: string; ms: number }, { ctx }) => {
    ${beatingBody}
  },
});
`;

const machineFile = `import { task } from "@baton/sdk";

const run = async (_payload: null, { ctx }) => ctx.machine?.name;

export const small = task({ id: "small", machine: "micro", run });
export const plain = task({ id: "plain", run });
export const sized = task({ id: "sized", machine: { cpu: 2, memory: 2 }, run });
`;

function ended(handles: readonly { readonly id: string }[]): Promise<readonly RetrievedRun[]> {
  return Promise.all(handles.map((handle) => runs.poll(handle.id)));
}

async function statusOf({ id }: { readonly id: string }): Promise<string> {
  return (await runs.retrieve(id)).status;
}

describe("queues", () => {
  let project: Project;
  let cluster: Cluster;

  before(async () => {
    project = await Project.create({ "trigger/tasks.ts": taskFile });
    cluster = await Cluster.start({ projectDir: project.dir });
    configure({ coordinator: cluster.address });
  });

  after(async () => {
    await cluster?.[Symbol.asyncDispose]();
    await project?.[Symbol.asyncDispose]();
  });

  const trigger = (id: string, ms: number, options: { priority?: number } = {}) =>
    tasks.trigger(id, { file: beatenFile(project), ms }, options);
  const beatsOf = (handles: readonly { readonly id: string }[]) => {
    const ids = new Set(handles.map(({ id }) => id));
    return readBeats(project).filter((id) => ids.has(id));
  };

  test("of a queue with limit 1 one run executes at a time, in the order of their triggers [case 83]", async () => {
    const handles = [];
    for (let number = 0; number < 5; number += 1) handles.push(await trigger("single", 120));
    for (const run of await ended(handles)) assert.equal(run.status, "COMPLETED");
    const beats = beatsOf(handles);
    assert.equal(mostAtOnce(beats), 1);
    assert.deepEqual(
      startOrder(beats),
      handles.map(({ id }) => id),
    );
  });

  test("two tasks that share a queue with limit 1 execute one at a time [case 84]", async () => {
    const handles = await Promise.all(["left", "right", "left", "right"].map((id) => trigger(id, 120)));
    for (const run of await ended(handles)) assert.equal(run.status, "COMPLETED");
    assert.equal(mostAtOnce(beatsOf(handles)), 1);
  });

  test("a priority of 10 goes ahead of a run that is 8 s older, and not of one that is 12 s older [case 87]", async () => {
    const blocking = await Promise.all([trigger("prioritized", 14_000), trigger("older", 14_000)]);
    const blockedAt = Date.now();
    const [plain, old] = await Promise.all([trigger("prioritized", 10), trigger("older", 10)]);
    await waitUntil("8 s", () => Date.now() - blockedAt > 8_000);
    const ahead = await trigger("prioritized", 10, { priority: 10 });
    await waitUntil("12 s", () => Date.now() - blockedAt > 12_000);
    const behind = await trigger("older", 10, { priority: 10 });
    await ended([...blocking, plain, old, ahead, behind]);
    assert.deepEqual(startOrder(beatsOf([plain, ahead])), [ahead.id, plain.id]);
    assert.deepEqual(startOrder(beatsOf([old, behind])), [old.id, behind.id]);
  });

  test("with a limit of 0 runs stay queued, say why, and can be canceled [case 95]", async () => {
    const handle = await trigger("closed", 10);
    const queued = await runs.retrieve(handle.id);
    assert.equal(queued.status, "QUEUED");
    assert.match(queued.waitingFor ?? "", /concurrency limit of 0/);
    assert.equal((await runs.cancel(handle.id)).status, "CANCELED");
  });

  test("a limit of 1 holds across retries, cancellations and a coordinator that is killed", async () => {
    const handles = [];
    for (let number = 0; number < 4; number += 1) handles.push(await trigger("flaky", 300));
    const [first, second] = handles;
    assert.ok(first && second);
    await waitUntil("the first to beat", () => readBeats(project).includes(first.id));
    await runs.cancel(first.id);
    await waitUntil("the second to beat", () => readBeats(project).includes(second.id));
    await cluster.coordinator.kill("SIGKILL");
    cluster.restartCoordinator();
    await cluster.runnersReady();
    const statuses = (await ended(handles)).map((run) => run.status);
    assert.deepEqual(statuses, ["CANCELED", "COMPLETED", "COMPLETED", "COMPLETED"]);
    const attempts = new Map<string, number>();
    // A run with two attempts executes twice, so each attempt is counted separately.
    const beats = beatsOf(handles).flatMap((id, index, all) => {
      if (all[index - 1] !== id) attempts.set(id, (attempts.get(id) ?? 0) + 1);
      return `${id}/${attempts.get(id)}`;
    });
    assert.equal(mostAtOnce(beats), 1);
    assert.ok(
      [...attempts.values()].every((count) => count <= 2),
      JSON.stringify([...attempts]),
    );
  });
});

test("with an environment limit of 2 at most two runs execute at once, in all queues together [case 86]", async () => {
  await using project = await Project.create({ "trigger/tasks.ts": taskFile });
  await using cluster = await Cluster.start({
    projectDir: project.dir,
    coordinatorEnv: { BATON_ENVIRONMENT_LIMIT: "2" },
  });
  configure({ coordinator: cluster.address });
  const file = beatenFile(project);
  const ids = ["free", "single", "free", "left", "free"];
  const handles = await Promise.all(ids.map((id) => tasks.trigger(id, { file, ms: 200 })));
  for (const run of await ended(handles)) assert.equal(run.status, "COMPLETED");
  assert.equal(mostAtOnce(readBeats(project)), 2);
});

test("a limit that is lowered while runs execute stops none of them, and holds for those that come after", async () => {
  await using project = await Project.create({ "trigger/wide.ts": wideFile(3) });
  await using cluster = await Cluster.start({ projectDir: project.dir });
  configure({ coordinator: cluster.address });
  const trigger = (ms: number) => tasks.trigger("wide", { file: beatenFile(project), ms });
  const long = await Promise.all([8_000, 8_000, 8_000].map(trigger));
  const short = await Promise.all([200, 200, 200].map(trigger));
  await waitUntil("three to execute", () => startOrder(readBeats(project)).length === 3);
  await project.write("trigger/wide.ts", wideFile(1));
  cluster.addRunner();
  await waitUntil("the lower limit to be registered", async () => {
    return (await cluster.listTasks()).tasks.some((task) => task.definition?.concurrencyLimit === 1);
  });
  assert.equal(startOrder(readBeats(project)).length, 3, "none of the later ones has started");
  for (const run of await ended([...long, ...short])) {
    assert.equal(run.status, "COMPLETED");
    assert.equal(run.attemptCount, 1);
  }
  const beats = readBeats(project);
  const shortIds = new Set(short.map(({ id }) => id));
  assert.equal(mostAtOnce(beats.filter((id) => shortIds.has(id))), 1);
  const firstShort = beats.findIndex((id) => shortIds.has(id));
  for (const { id } of long) assert.ok(beats.lastIndexOf(id) < firstShort, "three executed where one is allowed");
});

test("a full queue refuses further triggers with QUEUE_FULL, and takes them again when it is shorter", async () => {
  await using project = await Project.create({ "trigger/tasks.ts": taskFile });
  await using cluster = await Cluster.start({
    projectDir: project.dir,
    coordinatorEnv: { BATON_MAX_QUEUE_LENGTH: "2" },
  });
  configure({ coordinator: cluster.address });
  const payload = { file: beatenFile(project), ms: 1_000 };
  const executing = await tasks.trigger("single", payload);
  await waitUntil("the first to leave the queue", async () => (await statusOf(executing)) !== "QUEUED");
  const queued = [await tasks.trigger("single", payload), await tasks.trigger("single", payload)];
  const once = { retry: { maxAttempts: 1 } };
  await assert.rejects(tasks.trigger("single", payload, {}, once), { code: "QUEUE_FULL", status: 429 });
  await runs.cancel(queued[1]?.id ?? "");
  assert.equal(await statusOf(await tasks.trigger("single", payload, {}, once)), "QUEUED");
});

test("the machine comes from the trigger, then the task, then the config, then the default [cases 69, 70]", async () => {
  await using project = await Project.create({
    "trigger/machines.ts": machineFile,
    "trigger.config.ts": `import { defineConfig } from "@baton/sdk";\nexport default defineConfig({ machine: "small-2x" });\n`,
  });
  await using bare = await Project.create({ "trigger/machines.ts": machineFile });
  await using cluster = await Cluster.start({ projectDir: project.dir, runnerArgs: ["--overcommit"] });
  configure({ coordinator: cluster.address });
  const machineOf = async (id: string, options = {}) =>
    (await runs.poll((await tasks.trigger(id, null, options)).id)).output;
  assert.equal(await machineOf("small", { machine: "large-1x" }), "large-1x");
  assert.equal(await machineOf("small"), "micro");
  assert.equal(await machineOf("plain"), "small-2x");
  assert.equal(await machineOf("sized"), "medium-2x");
  await using other = await Cluster.start({ projectDir: bare.dir });
  configure({ coordinator: other.address });
  assert.equal(await machineOf("plain"), "small-1x");
});
