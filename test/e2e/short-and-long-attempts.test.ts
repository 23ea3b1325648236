import assert from "node:assert/strict";
import { test } from "node:test";
import { waitUntil } from "@baton/proto/testing/wait-until.test.support";
import { configure, runs, tasks } from "@baton/sdk";
import { Cluster } from "../support/cluster.ts";
import { Project } from "../support/project.ts";

const concurrency = 12;
const source = `import { task } from "@baton/sdk";
import { setTimeout as sleep } from "node:timers/promises";

export const short = task({ id: "short", run: async () => 1 });
export const long = task({ id: "long", run: async () => { await sleep(2_000); return 2; } });
`;

test("long attempts get every thread at once, also after a thousand that took no time", async () => {
  await using project = await Project.create({ "trigger/tasks.ts": source });
  await using cluster = await Cluster.start({
    projectDir: project.dir,
    runnerArgs: ["--concurrency", String(concurrency), "--memory", "16"],
  });
  configure({ coordinator: cluster.address });
  const short = await Promise.all(Array.from({ length: 1_000 }, () => tasks.trigger("short", undefined)));
  for (const { id } of short) await runs.poll(id);

  const long = await Promise.all(Array.from({ length: concurrency }, () => tasks.trigger("long", undefined)));
  await waitUntil("all of them to execute at once", async () => {
    const { data } = await runs.list({ taskIdentifier: "long", status: "EXECUTING", limit: 100 });
    return data.length === concurrency;
  });
  for (const { id } of long) assert.equal((await runs.poll(id)).status, "COMPLETED");
});
