import assert from "node:assert/strict";
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { configure, runs, tasks } from "@baton/sdk";
import { Cluster } from "../support/cluster.ts";
import { Project } from "../support/project.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const taskFile = `import { logger, task } from "@baton/sdk";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

export const child = task({ id: "child", run: async (payload: { n: number }) => payload.n + 1 });

export const parent = task({
  id: "parent",
  run: async () => {
    const manifest = createRequire(process.cwd() + "/").resolve("@baton/sdk/package.json");
    logger.info("in the parent");
    const handle = await child.trigger({ n: 1 });
    return { sdk: JSON.parse(readFileSync(manifest, "utf8")).version, childId: handle.id };
  },
});
`;

/** Gives the project its own copy of the SDK, with another patch version. */
function installOwnCopy(project: Project, version: string): void {
  const modules = project.path("node_modules");
  unlinkSync(modules);
  mkdirSync(`${modules}/@baton/sdk`, { recursive: true });
  for (const name of readdirSync(`${root}/node_modules`)) {
    if (name !== "@baton") symlinkSync(`${root}/node_modules/${name}`, `${modules}/${name}`);
  }
  symlinkSync(`${root}/proto`, `${modules}/@baton/proto`);
  cpSync(`${root}/sdk/dist`, `${modules}/@baton/sdk/dist`, { recursive: true });
  const manifest = JSON.parse(readFileSync(`${root}/sdk/package.json`, "utf8")) as {
    exports: Record<string, unknown>;
    version: string;
  };
  manifest.version = version;
  manifest.exports["./package.json"] = "./package.json";
  writeFileSync(`${modules}/@baton/sdk/package.json`, JSON.stringify(manifest));
}

test("a task that uses its project's own copy of the SDK, of another patch version, speaks with the runner", async () => {
  await using project = await Project.create({ "trigger/tasks.ts": taskFile });
  installOwnCopy(project, "0.1.99");
  await using cluster = await Cluster.start({ projectDir: project.dir });
  configure({ coordinator: cluster.address });
  const handle = await tasks.trigger("parent", null);
  const run = await runs.poll(handle.id);
  assert.equal(run.status, "COMPLETED", JSON.stringify(run.error));
  const output = run.output as { sdk: string; childId: string };
  assert.equal(output.sdk, "0.1.99");
  const childRun = await runs.poll(output.childId);
  assert.equal(childRun.status, "COMPLETED");
  assert.equal(childRun.output, 2);
  assert.equal(childRun.depth, 1);
  assert.equal(childRun.relatedRuns.parent?.id, handle.id);
  assert.equal(childRun.relatedRuns.root?.id, handle.id);
});
