import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { Project } from "../support/project.ts";
import { batonCommand, runBaton, Service, serviceEnv } from "../support/service.ts";
import { repositoryRoot } from "../support/source-files.ts";

/** Whether this Node.js runs TypeScript without a flag. Older versions need tsx, which the project has. */
const runsTypeScript = "typescript" in process.features && process.features.typescript === "strip";
const quiet = ["--no-audit", "--no-fund", "--prefer-offline"];

async function run(cwd: string, command: string, ...args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(command, args, { cwd, env: serviceEnv });
  return stdout;
}

/** Follows the steps that `baton init` prints, and does what a user does then. */
async function assertWorks(dir: string, app: string, command: string): Promise<void> {
  await run(dir, "npm", "install", ...quiet);
  const types = await run(dir, "npm", "run", "--silent", "typecheck");
  const tested = await run(dir, "npm", "test");
  await using dev = new Service(["dev", "--listen", "127.0.0.1:0"], { cwd: dir }, command);
  await dev.prints("hello-world  trigger/hello-world.ts", 120_000);
  assert.equal(types, "");
  assert.match(tested, /^(#|ℹ) pass 1$/m);
  assert.match(tested, /^(#|ℹ) fail 0$/m);
  const printed = await (runsTypeScript ? run(dir, "node", app) : run(dir, "npx", "tsx", app));
  assert.match(printed, /^triggered run_\w+\nCOMPLETED Hello, Ada!\n$/);
  const listed = await run(dir, "npx", "baton", "runs", "list");
  assert.match(listed, /^run_\w+ +hello-world +COMPLETED/m);
}

test("a project made in a checkout installs, type checks, tests, runs and triggers as it says", async () => {
  await using project = await Project.create({});
  // Otherwise node and npx would find the packages of the checkout.
  await rm(project.path("node_modules"));
  const dir = project.path("my-tasks");
  const made = await runBaton(["init", dir]);
  assert.equal(made.code, 0, made.stderr);
  await assertWorks(dir, "app.ts", batonCommand);
});

test("the packed command makes a CommonJS project work, with npx baton and the versions of its packages", async () => {
  await using project = await Project.create({});
  await rm(project.path("node_modules"));
  const packages = ["proto", "sdk", "coordinator", "runner", "cli"];
  const workspaces = packages.flatMap((name) => ["-w", `@baton/${name}`]);
  const packed = await run(repositoryRoot, "npm", "pack", "--json", ...workspaces, "--pack-destination", project.dir);
  const entries = JSON.parse(packed) as { readonly name: string; readonly filename: string }[];
  const dir = project.path("my-app");
  await mkdir(dir);
  await run(dir, "npm", "init", "--yes");
  await run(dir, "npm", "install", ...quiet, ...entries.map(({ filename }) => `../${filename}`));
  await run(dir, "npx", "baton", "init");
  const manifest = JSON.parse(await readFile(join(dir, "package.json"), "utf8")) as {
    readonly dependencies: Readonly<Record<string, string>>;
  };
  // An existing entry stays, although it is not a version.
  assert.match(manifest.dependencies["@baton/cli"] ?? "", /^file:/);
  await run(dir, "npx", "baton", "init", "elsewhere");
  assert.match(await readFile(join(dir, "elsewhere/package.json"), "utf8"), /"@baton\/cli": "\^\d+\.\d+\.\d+"/);
  await rm(join(dir, "elsewhere"), { recursive: true });
  await assertWorks(dir, "app.mts", join(dir, "node_modules/@baton/cli/bin/baton.js"));
});
