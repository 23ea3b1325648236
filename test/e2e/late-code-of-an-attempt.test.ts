import assert from "node:assert/strict";
import { existsSync, statSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { waitUntil } from "@baton/proto/testing/wait-until.test.support";
import { configure, runs, tasks } from "@baton/sdk";
import { appendedFile, appendingTask } from "../support/appending-task.ts";
import { Cluster } from "../support/cluster.ts";
import { hostileTasks } from "../support/hostile-cluster.ts";
import { Project } from "../support/project.ts";

/**
 * Returns code that continues unnoticed after its attempt has ended, and then executes `what` during the next attempt.
 */
const later = (what: string) => `const began = Date.now();
  const wait = () => { if (Date.now() - began < 500) setImmediate(wait); else { ${what} } };
  setImmediate(wait);`;

const deeds: Record<string, readonly [run: string, interruptions: number]> = {
  exits: [`async () => { ${later("process.exit(0);")} }`, 0],
  killsItself: [`async () => { ${later("process.kill(process.pid, 'SIGSEGV');")} }`, 0],
  throwsWhereNobodyListens: [
    `async () => { process.removeAllListeners("uncaughtException"); ${later("throw new Error('late');")} }`,
    0,
  ],
  loops: ["async () => { setImmediate(() => { for (;;) {} }); }", 1],
};

/** A `run` that starts another thread, which writes to a file repeatedly, and leaves it running. */
const leavesAThread = `async ({ file }: { file: string }) => {
  const code = "setInterval(() => require('node:fs').appendFileSync(" + JSON.stringify(file) + ", '.'), 10);";
  const worker = new Worker(code, { eval: true });
  await new Promise((resolve) => worker.once("online", resolve));
}`;

describe("code that goes on after its attempt has ended", () => {
  let project: Project;
  let cluster: Cluster;

  before(async () => {
    const run = Object.fromEntries(Object.entries(deeds).map(([id, [source]]) => [id, source]));
    project = await Project.create({
      "trigger/append.ts": appendingTask,
      "trigger/deeds.ts": hostileTasks(run),
      "trigger/thread.ts": `import { Worker } from "node:worker_threads";\n${hostileTasks({ leavesAThread })}`,
    });
    // One thread, so that the next attempt executes in the thread of the last one.
    cluster = await Cluster.start({ projectDir: project.dir, runnerArgs: ["--concurrency", "1"] });
    configure({ coordinator: cluster.address });
  });
  after(async () => {
    await cluster?.[Symbol.asyncDispose]();
    await project?.[Symbol.asyncDispose]();
  });

  for (const [id, [, interruptions]] of Object.entries(deeds)) {
    test(`is not charged to the next attempt: ${id}`, async () => {
      const late = await tasks.trigger(id, null);
      const next = await tasks.trigger("append", { file: appendedFile(project), ms: 1_500 });
      assert.equal((await runs.poll(late.id)).status, "COMPLETED");
      const run = await runs.poll(next.id);
      assert.equal(run.status, "COMPLETED", run.error?.message);
      assert.equal(run.attemptCount, 1);
      assert.equal(run.attempts.filter(({ status }) => status === "INTERRUPTED").length, interruptions);
    });
  }

  test("ends with its thread when it has one of its own", async () => {
    const file = project.path("written.txt");
    const sizeOf = () => (existsSync(file) ? statSync(file).size : 0);
    const { status, error } = await runs.poll((await tasks.trigger("leavesAThread", { file })).id);
    assert.equal(status, "COMPLETED", error?.message);
    let size = -1;
    await waitUntil("the file to grow no more", async () => {
      const before = size;
      size = sizeOf();
      await sleep(200);
      return size === before && sizeOf() === size;
    });
  });
});
