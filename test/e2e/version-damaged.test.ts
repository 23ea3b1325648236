import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { rename, rm, truncate, writeFile } from "node:fs/promises";
import { test } from "node:test";
import { waitUntil } from "@baton/proto/testing/wait-until.test.support";
import { configure, runs, tasks } from "@baton/sdk";
import { Cluster } from "../support/cluster.ts";
import { Project } from "../support/project.ts";

const timeout = 60_000;

/** Files of a project in which every attempt has a new thread, and so imports its file. */
const files = {
  "baton.config.ts": `import { defineConfig } from "@baton/sdk";
export default defineConfig({ project: "same", processKeepAlive: false });
`,
  "trigger/short.ts": `import { task } from "@baton/sdk";
export const short = task({ id: "short", run: async () => { await new Promise((resolve) => setTimeout(resolve, 20)); } });
`,
  "trigger/late.ts": `import { existsSync, writeFileSync } from "node:fs";
import { task } from "@baton/sdk";
export const late = task({ id: "late", retry: { maxAttempts: 1 }, run: async (name: string) => {
  writeFileSync(name + " begun", "");
  while (!existsSync(name + " go")) await new Promise((resolve) => setTimeout(resolve, 20));
  return (await import("../later.ts")).value;
} });
`,
  "later.ts": "export const value = 7;\n",
  "trigger/users.ts": `import { task } from "@baton/sdk";
const name = "./users-own.mjs";
export const users = task({ id: "users", retry: { maxAttempts: 1 }, run: async () => import(name) });
`,
};

/** Starts a cluster with its store outside of `.baton`, because the test damages that folder. */
async function startCluster(project: Project): Promise<Cluster> {
  const store = `sqlite:${project.path("store.db")}`;
  const cluster = await Cluster.start({ projectDir: project.dir, store, runnerArgs: ["--concurrency", "4"] });
  configure({ coordinator: cluster.address });
  return cluster;
}

function compiledFiles(project: Project): readonly string[] {
  const versions = project.path(".baton", "versions");
  if (!existsSync(versions)) return [];
  return readdirSync(versions, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith("."))
    .map((entry) => `${entry.parentPath}/${entry.name}`)
    .sort();
}

const damages: Readonly<Record<string, (project: Project) => Promise<unknown>>> = {
  "the versions are deleted": (project) => rm(project.path(".baton", "versions"), { recursive: true }),
  ".baton is deleted": (project) => rm(project.path(".baton"), { recursive: true }),
  "every script is deleted": async (project) => {
    for (const file of compiledFiles(project)) if (/\.[cm]?js$/.test(file)) await rm(file);
  },
  "every task file is emptied": async (project) => {
    for (const file of compiledFiles(project)) if (file.includes("/trigger_")) await truncate(file);
  },
};

test("runs are not charged when compiled files go under the runner, which writes them again", { timeout }, async () => {
  await using project = await Project.create(files);
  await using cluster = await startCluster(project);
  const before = compiledFiles(project);
  for (const [what, damage] of Object.entries(damages)) {
    const late = await tasks.trigger("late", what);
    await waitUntil("the run to begin", () => existsSync(project.path(`${what} begun`)));
    const first = await tasks.batchTrigger("short", Array(4).fill({}));
    await runs.poll(first.runs[0]?.id ?? "");

    await damage(project);
    await writeFile(project.path(`${what} go`), "");
    const second = await tasks.batchTrigger("short", Array(8).fill({}));
    const ended = await Promise.all([late, ...first.runs, ...second.runs].map(({ id }) => runs.poll(id)));
    const ends = new Set(ended.map(({ status, attemptCount }) => `${status} ${attemptCount}`));
    assert.deepEqual([...ends], ["COMPLETED 1"], what);
    assert.equal(ended[0]?.output, 7);
    assert.deepEqual(compiledFiles(project), before);
  }
  const { status } = await runs.poll((await tasks.trigger("users", undefined)).id);
  assert.equal(status, "FAILED", "a file of its own that a task does not find is its own failure");
  assert.ok(cluster.runners.every(({ isRunning }) => isRunning));
});

test("another runner takes the runs while a version cannot be written again", { timeout }, async () => {
  await using project = await Project.create(files);
  await using other = await Project.create(files);
  await using cluster = await startCluster(project);
  const [runner] = cluster.runners;
  assert.ok(runner);
  await rename(project.path(".baton"), project.path("moved"));
  await writeFile(project.path(".baton"), "");
  const { runs: handles } = await tasks.batchTrigger("short", Array(20).fill({}));
  await runner.prints("compiled version is damaged and cannot be written again");
  cluster.addRunner(other.dir);
  const ended = await Promise.all(handles.map(({ id }) => runs.poll(id)));
  assert.ok(ended.every(({ status, attemptCount }) => status === "COMPLETED" && attemptCount === 1));
  assert.equal((runner.stdout + runner.stderr).split("cannot be written again").length, 2, "it is said once");

  await rm(project.path(".baton"));
  await runner.prints("compiled version was damaged and is whole again");
  await cluster.runnersReady(2, "short");
});
