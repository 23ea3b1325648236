import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { waitUntil } from "@baton/proto/testing/wait-until.test.support";
import { configure, runs, tasks } from "@baton/sdk";
import { Cluster } from "../support/cluster.ts";
import { Project } from "../support/project.ts";
import type { Service } from "../support/service.ts";

const taskFile = `import { task } from "@baton/sdk";

const retry = { maxAttempts: 2, minTimeoutInMs: 1, randomize: false };

export const fails = task({ id: "fails", retry, run: async () => { throw new RangeError("too far\\nand more"); } });
export const exits = task({ id: "exits", retry: { maxAttempts: 1 }, run: async () => process.exit(3) });
export const endless = task({ id: "endless", maxDuration: 0.2, run: () => new Promise(() => undefined) });
export const works = task({ id: "works", run: async () => "done" });
export const hangs = task({ id: "hangs", run: () => new Promise(() => undefined) });
`;

function linesOf({ stderr }: Service, message: string): Record<string, unknown>[] {
  const lines = stderr.split("\n").filter((line) => line.startsWith("{"));
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>).filter(({ msg }) => msg === message);
}

describe("what the services log at their default level", () => {
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

  test("one line of the coordinator for each run that failed, crashed or timed out, and none for the others", async () => {
    const ids = await Promise.all(
      ["fails", "exits", "endless", "works"].map(async (taskId) => {
        const handle = await tasks.trigger(taskId, null);
        await runs.poll(handle);
        return handle.id;
      }),
    );
    await waitUntil("three lines", () => linesOf(cluster.coordinator, "run failed").length >= 3);
    const lines = linesOf(cluster.coordinator, "run failed");
    const byId = new Map(lines.map((line) => [line.runId, line]));
    assert.equal(lines.length, 3, "a retry and a thread that goes later have no line");
    assert.deepEqual(
      ids.map((id) => byId.get(id)).map((line) => line && [line.taskId, line.attempt, line.status, line.code]),
      [
        ["fails", 2, "failed", "RangeError"],
        ["exits", 1, "crashed", "TASK_PROCESS_EXITED_WITH_NON_ZERO_CODE"],
        ["endless", 1, "timedOut", "MAX_DURATION_EXCEEDED"],
        undefined,
      ],
    );
    assert.equal(byId.get(ids[0])?.reason, "too far");
  });

  test("a runner that drains says how many attempts it waits for and how long, and when it is done", async () => {
    const runner = cluster.addRunner();
    const [first] = cluster.runners;
    await cluster.runnersReady(2, "hangs");
    await first?.kill("SIGKILL");
    const handle = await tasks.trigger("hangs", null);
    await waitUntil("the start", async () => (await runs.retrieve(handle)).status === "EXECUTING");
    runner.process.kill("SIGTERM");
    await waitUntil("the drain", () => linesOf(runner, "draining").length > 0);
    const [draining] = linesOf(runner, "draining");
    assert.deepEqual([draining?.level, draining?.attempts, draining?.graceMs], [30, 1, 25_000]);
    await runs.cancel(handle);
    await runner.exited;
    assert.equal(linesOf(runner, "drained").length, 1);
  });
});
