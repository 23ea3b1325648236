import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { Cluster } from "../support/cluster.ts";
import { Project } from "../support/project.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const taskFile = `import { task } from "@baton/sdk";

export const add = task({ id: "add", run: async (payload: { a: number; b: number }) => payload.a + payload.b });
`;
const program = `import { configure, runs, tasks } from "@baton/sdk/v3";

async function main() {
  configure({ coordinator: process.argv[2] });
  const handle = await tasks.trigger("add", { a: 40, b: 2 });
  const run = await runs.poll(handle.id);
  console.log(run.status, run.output);
}

main();
`;
const testingProgram = `import { task } from "@baton/sdk";
import { runTask } from "@baton/sdk/testing";

const run = await runTask(task({ id: "add", run: async ({ a, b }) => a + b }), { a: 1, b: 2 });
console.log(run.status, run.output);
`;
/** What an application must never get along with the SDK. */
const serverPackages = ["mongodb", "piscina", "libsql", "esbuild", "pino", "zod"];

function npm(args: readonly string[], cwd: string): string {
  return execFileSync("npm", [...args, "--no-audit", "--no-fund", "--prefer-offline"], { cwd, encoding: "utf8" });
}

test("the packed SDK installs into an empty folder and works from a CommonJS and an ESM bundle", async () => {
  await using project = await Project.create({ "trigger/add.ts": taskFile });
  await using cluster = await Cluster.start({ projectDir: project.dir });
  const app = project.path("app");
  mkdirSync(app);
  const packed = npm(["pack", "--json", "-w", "@baton/proto", "-w", "@baton/sdk", "--pack-destination", app], root);
  const tarballs = (JSON.parse(packed) as { filename: string; files: { path: string }[] }[]).map((entry) => {
    assert.ok(!entry.files.some((file) => file.path.includes(".test.")), "no test is packed");
    return `./${entry.filename}`;
  });
  await project.write("app/package.json", JSON.stringify({ name: "app", private: true }));
  npm(["install", "--ignore-scripts", ...tarballs], app);
  for (const name of serverPackages) {
    assert.ok(!existsSync(`${app}/node_modules/${name}`), `${name} came along with the SDK`);
  }

  await project.write("app/main.mjs", program);
  const esbuild = `${root}/node_modules/.bin/esbuild`;
  const common = ["main.mjs", "--bundle", "--platform=node", "--log-level=error"];
  execFileSync(esbuild, [...common, "--format=cjs", "--outfile=bundle.cjs"], { cwd: app });
  const banner =
    "--banner:js=import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";
  execFileSync(esbuild, [...common, "--format=esm", "--outfile=bundle.mjs", banner], { cwd: app });
  // The bundles run where nothing is installed, so that they can only use what is in them.
  const elsewhere = project.path("elsewhere");
  for (const name of ["bundle.cjs", "bundle.mjs"]) {
    await project.write(`elsewhere/${name}`, readFileSync(`${app}/${name}`, "utf8"));
    const printed = execFileSync(process.execPath, [name, cluster.address], { cwd: elsewhere, encoding: "utf8" });
    assert.equal(printed, "COMPLETED 42\n");
  }
  const unbundled = execFileSync(process.execPath, ["main.mjs", cluster.address], { cwd: app, encoding: "utf8" });
  assert.equal(unbundled, "COMPLETED 42\n");

  await project.write("app/testing.mjs", testingProgram);
  assert.equal(execFileSync(process.execPath, ["testing.mjs"], { cwd: app, encoding: "utf8" }), "COMPLETED 3\n");
});
