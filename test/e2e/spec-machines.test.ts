import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { configure, type RetrievedRun, runs, tasks } from "@baton/sdk";
import { appendingTask, triggerAppending } from "../support/appending-task.ts";
import { Cluster } from "../support/cluster.ts";
import { Project } from "../support/project.ts";

const taskFile = `import { task } from "@baton/sdk";
import { appendFileSync } from "node:fs";

const retry = { minTimeoutInMs: 10, randomize: false };
const hog = async () => { const all = []; for (;;) all.push({ a: [1, 2, 3], b: String(all.length) }); };
const hooks = (file: string) => ({
  handleError: async () => { appendFileSync(file, "handleError\\n"); },
  cleanup: async () => { appendFileSync(file, "cleanup\\n"); },
});

export const grows = task({
  id: "grows",
  machine: "micro",
  run: async (kind: string) => {
    const all: unknown[] = [];
    if (kind === "array") return new Array(3e8).fill(1).map((x) => ({ x })).length;
    for (;;) {
      if (kind === "objects") all.push({ a: [1, 2, 3], b: String(all.length) });
      else if (kind === "numbers") all.push(all.length);
      else all.push(Buffer.alloc(1e7, 1));
    }
  },
});

export const helped = task({
  id: "helped",
  machine: "micro",
  retry: { ...retry, maxAttempts: 5, outOfMemory: { machine: "small-2x" } },
  ...hooks("hooks.txt"),
  run: async (_payload: null, { ctx }) => (ctx.machine?.name === "micro" ? hog() : ctx.machine?.name),
});

export const helpless = task({
  id: "helpless",
  machine: "micro",
  retry: { ...retry, maxAttempts: 5, outOfMemory: { machine: "small-1x" } },
  run: hog,
});

export const says = task({
  id: "says",
  retry: { ...retry, maxAttempts: 5 },
  ...hooks("said.txt"),
  run: async () => { throw Object.assign(new Error("gone"), { name: "OutOfMemoryError" }); },
});
`;

function readIfThere(file: string): string {
  return existsSync(file) ? readFileSync(file, "utf8") : "";
}

describe("out of memory", () => {
  let project: Project;
  let cluster: Cluster;

  before(async () => {
    project = await Project.create({ "trigger/tasks.ts": taskFile, "trigger/append.ts": appendingTask });
    cluster = await Cluster.start({ projectDir: project.dir, runnerArgs: ["--concurrency", "16", "--memory", "16"] });
    configure({ coordinator: cluster.address });
  });

  after(async () => {
    await cluster?.[Symbol.asyncDispose]();
    await project?.[Symbol.asyncDispose]();
  });

  const outcome = async (id: string, payload: unknown = null): Promise<RetrievedRun> =>
    runs.poll((await tasks.trigger(id, payload)).id);
  const statusesOf = (run: RetrievedRun) => run.attempts.map(({ status }) => status);
  const called = (file: string) => readIfThere(project.path(file));

  for (const kind of ["objects", "numbers", "array", "buffers"]) {
    test(`endless growth by ${kind} on micro crashes the run, and others end in their first counted attempt [case 71]`, async () => {
      const beside = await triggerAppending(project, 8);
      const run = await outcome("grows", kind);
      assert.equal(run.status, "CRASHED");
      assert.equal(run.error?.name, "TASK_PROCESS_OOM_KILLED");
      assert.equal(run.attemptCount, 1);
      for (const { id } of beside) {
        const ended = await runs.poll(id);
        assert.equal(ended.status, "COMPLETED");
        assert.equal(ended.attemptCount, 1);
      }
    });
  }

  test("with a larger machine for it the next attempt is made there, and handleError is not asked [case 72]", async () => {
    const run = await outcome("helped");
    assert.equal(run.status, "COMPLETED", run.error?.message);
    assert.equal(run.output, "small-2x");
    assert.deepEqual(statusesOf(run), ["FAILED", "COMPLETED"]);
    assert.equal(called("hooks.txt"), "cleanup\n");
  });

  test("out of memory on the larger machine too is final, whatever attempts are left [case 73]", async () => {
    const run = await outcome("helpless");
    assert.equal(run.status, "CRASHED");
    assert.equal(run.attemptCount, 2);
  });

  test("an OutOfMemoryError counts as out of memory, and cleanup is called [case 74]", async () => {
    const run = await outcome("says");
    assert.equal(run.status, "CRASHED");
    assert.equal(run.error?.name, "TASK_PROCESS_OOM_KILLED");
    assert.equal(run.attemptCount, 1);
    assert.equal(called("said.txt"), "cleanup\n");
  });
});
