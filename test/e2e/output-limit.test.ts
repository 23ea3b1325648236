import assert from "node:assert/strict";
import { test } from "node:test";
import { configure, runs, tasks } from "@baton/sdk";
import { Cluster } from "../support/cluster.ts";
import { Project } from "../support/project.ts";

const mebibyte = 1024 * 1024;
const taskFile = `import { task } from "@baton/sdk";
export const letters = task({ id: "letters", run: async (bytes: number) => "x".repeat(bytes - 2) });
`;

/** Executes a task that returns this many bytes of JSON, and returns the run. */
async function returnBytes(bytes: number) {
  return runs.poll((await tasks.trigger("letters", bytes)).id);
}

async function withLimit(limit: number | undefined, use: () => Promise<void>): Promise<void> {
  await using project = await Project.create({ "trigger/letters.ts": taskFile });
  await using cluster = await Cluster.start({
    projectDir: project.dir,
    ...(limit !== undefined && { coordinatorEnv: { BATON_MAX_OUTPUT_BYTES: String(limit) } }),
  });
  configure({ coordinator: cluster.address });
  await use();
}

async function assertRefused(bytes: number, limit: number): Promise<void> {
  const run = await returnBytes(bytes);
  assert.equal(run.status, "FAILED");
  assert.match(run.error?.message ?? "", new RegExp(`The output has ${bytes} bytes; at most ${limit} are stored`));
}

test("a raised output limit lets a task return more than the default, and no more than the limit", async () => {
  const limit = 15 * mebibyte;
  await withLimit(limit, async () => {
    const run = await returnBytes(12 * mebibyte);
    assert.equal(run.status, "COMPLETED");
    assert.equal((run.output as string).length, 12 * mebibyte - 2);
    await assertRefused(limit + 1, limit);
  });
});

test("a lowered output limit refuses what is above it and takes what is not", async () => {
  await withLimit(2_048, async () => {
    assert.equal((await returnBytes(2_048)).status, "COMPLETED");
    await assertRefused(2_049, 2_048);
  });
});

test("without a setting an output may have 10 MiB", async () => {
  await withLimit(undefined, async () => {
    assert.equal((await returnBytes(10 * mebibyte)).status, "COMPLETED");
    await assertRefused(10 * mebibyte + 1, 10 * mebibyte);
  });
});
