import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { waitUntil } from "@baton/proto/testing/wait-until.test.support";
import { configure, runs, tasks } from "@baton/sdk";
import { Cluster } from "../support/cluster.ts";
import { Project } from "../support/project.ts";
import { runBaton } from "../support/service.ts";

/** One task grows without end, which aborts the whole process. The other waits beside it and has a single attempt. */
const taskFile = `import { appendFileSync, existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { task } from "@baton/sdk";

export const grow = task({
  id: "grow",
  machine: "micro",
  retry: { maxAttempts: 1 },
  run: async () => {
    console.log("about to grow");
    const map = new Map<number, number>();
    for (let at = 0; ; at += 1) map.set(at, at);
  },
});

export const beside = task({
  id: "beside",
  retry: { maxAttempts: 1 },
  run: async ({ started, gate }: { started: string; gate: string }, { ctx }) => {
    const { number, interruptions } = ctx.attempt;
    console.log("execution", interruptions + 1);
    appendFileSync(started, "x");
    while (!existsSync(gate)) await sleep(20);
    return { number, interruptions, maxAttempts: ctx.run.maxAttempts };
  },
});
`;

test("a run beside one that aborts the host starts again uncharged, and what both printed is kept", async () => {
  await using project = await Project.create({ "trigger/tasks.ts": taskFile });
  await using cluster = await Cluster.start({ projectDir: project.dir, runnerArgs: ["--concurrency", "4"] });
  configure({ coordinator: cluster.address });
  const [started, gate] = [project.path("started.txt"), project.path("gate.txt")];
  const starts = () => (existsSync(started) ? readFileSync(started, "utf8").length : 0);
  const beside = await tasks.trigger("beside", { started, gate });
  const grow = async () => {
    const grown = await runs.poll((await tasks.trigger("grow", null)).id);
    assert.equal(grown.status, "CRASHED");
    assert.equal(grown.error?.name, "TASK_PROCESS_OOM_KILLED", grown.error?.message);
    assert.deepEqual(await printedBy(cluster, project, grown.id), ["about to grow"]);
  };
  const hasLostHosts = async (count: number) => {
    const { attempts } = await runs.retrieve(beside.id);
    return attempts.filter(({ status }) => status === "INTERRUPTED").length === count;
  };
  await waitUntil("execution 1", () => starts() === 1);
  for (const lostHosts of [1, 2]) {
    // On a busy machine the thread may be ended for its memory before it aborts the process.
    for (let tries = 0; tries < 5 && !(await hasLostHosts(lostHosts)); tries += 1) await grow();
    await waitUntil(`execution ${lostHosts + 1}`, () => starts() === lostHosts + 1);
  }
  writeFileSync(gate, "");
  const run = await runs.poll(beside.id);
  assert.equal(run.status, "COMPLETED", run.error?.message);
  assert.deepEqual(run.output, { number: 1, interruptions: 2, maxAttempts: 1 });
  assert.equal(run.attemptCount, 1);
  assert.deepEqual(
    run.attempts.map(({ number, status }) => [number, status]),
    [
      [1, "INTERRUPTED"],
      [1, "INTERRUPTED"],
      [1, "COMPLETED"],
    ],
  );
  assert.deepEqual(await printedBy(cluster, project, run.id), ["execution 1", "execution 2", "execution 3"]);
});

async function printedBy(cluster: Cluster, project: Project, runId: string): Promise<readonly string[]> {
  const args = ["runs", "logs", runId, "--json", "--coordinator", cluster.address];
  const { stdout } = await runBaton(args, { cwd: project.dir });
  const lines = stdout.split("\n").filter((line) => line !== "");
  return lines.map((line) => (JSON.parse(line) as { readonly message: string }).message);
}
