import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { test } from "node:test";
import { waitUntil } from "@baton/proto/testing/wait-until.test.support";
import { Cluster } from "../support/cluster.ts";
import { Project } from "../support/project.ts";
import { runBaton, Service } from "../support/service.ts";

const args = ["dev", "--listen", "127.0.0.1:0"];
const timeout = 120_000;

/** A task that reports the variables that it sees at its start and, after `forMs`, at its end. */
const readsFile = `import { task } from "@baton/sdk";
const atImport = process.env.MODE ?? null;
export const reads = task({
  id: "reads",
  run: async ({ names = ["MODE"], forMs = 0 }: { names?: string[]; forMs?: number }) => {
    await new Promise((resolve) => setTimeout(resolve, forMs));
    return { atImport, ...Object.fromEntries(names.map((name) => [name, process.env[name] ?? null])) };
  },
});
`;

async function read(
  project: Project,
  payload: object = {},
  flags: readonly string[] = [],
): Promise<Record<string, string | null>> {
  const words = ["trigger", "reads", "--payload", JSON.stringify(payload), "--wait", "--json", ...flags];
  const { stdout, stderr } = await runBaton(words, { cwd: project.dir });
  assert.notEqual(stdout, "", stderr);
  return (JSON.parse(stdout) as { output: Record<string, string | null> }).output;
}

test("of the four files a later one wins, the shell wins over all, and Baton's own variables stay out", {
  timeout,
}, async () => {
  await using project = await Project.create({
    "trigger/reads.ts": readsFile,
    ".env": "A=.env\nB=.env\nC=.env\nD=.env\nSHELL_HAS=.env\nBATON_SECRET=1\nNODE_OPTIONS=--no-warnings\n",
    ".env.local": "B=.env.local\nC=.env.local\nD=.env.local\n",
    ".env.development": "C=.env.development\nD=.env.development\n",
    ".env.development.local": "D=.env.development.local\nSHELL_HAS=.env.development.local\n",
    ".env.production": "A=.env.production\n",
  });
  await using dev = new Service(args, { cwd: project.dir, env: { SHELL_HAS: "shell" } });
  await dev.prints("reads  trigger/reads.ts");
  const names = ["A", "B", "C", "D", "SHELL_HAS", "BATON_SECRET", "NODE_OPTIONS"];
  assert.deepEqual(await read(project, { names }), {
    atImport: null,
    A: ".env",
    B: ".env.local",
    C: ".env.development",
    D: ".env.development.local",
    SHELL_HAS: "shell",
    BATON_SECRET: null,
    NODE_OPTIONS: null,
  });
});

test("a change of a file reaches the next run, and runs that execute end with what they began with", {
  timeout,
}, async () => {
  await using project = await Project.create({ "trigger/reads.ts": readsFile, ".env": "MODE=first" });
  await using dev = new Service(args, { cwd: project.dir, env: { FIXED: "shell" } });
  await dev.prints("reads  trigger/reads.ts");
  assert.deepEqual(await read(project), { atImport: "first", MODE: "first" });
  const words = ["trigger", "reads", "--payload", '{"forMs":4000}', "--json"];
  const { id } = JSON.parse((await runBaton(words, { cwd: project.dir })).stdout) as { id: string };
  await dev.prints(`${id}  reads  executing`);

  await project.write(".env.local", "MODE=second\nOTHER=1");
  await dev.prints(".env.local changed, and runs that start from now on see it: MODE, OTHER\n");
  assert.deepEqual(await read(project), { atImport: "second", MODE: "second" });
  await project.write(".env", "MODE=third");
  await dev.prints(".env changed, and tasks see the same variables as before");
  rmSync(project.path(".env.local"));
  const told = () =>
    dev.stdout.split(".env.local changed, and runs that start from now on see it: MODE, OTHER\n").length - 1;
  await waitUntil("the line about the deleted file", () => told() === 2);
  assert.deepEqual(await read(project), { atImport: "third", MODE: "third" });

  const { stdout } = await runBaton(["runs", "watch", id, "--json"], { cwd: project.dir });
  const run = JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as {
    status: string;
    output: unknown;
    attempts: readonly unknown[];
  };
  assert.deepEqual(
    [run.status, run.output, run.attempts.length],
    ["COMPLETED", { atImport: "first", MODE: "first" }, 1],
  );
  assert.doesNotMatch(dev.stderr, /reason=(?:the environment changed|it is retired)/);

  await project.write(".env", "MODE=third\nFIXED=file");
  await dev.prints("those of the shell that started baton dev win");
  assert.deepEqual(await read(project, { names: ["FIXED"] }), { atImport: "third", FIXED: "shell" });
});

test("a file of variables is read while the configuration is broken", { timeout }, async () => {
  await using project = await Project.create({ "trigger/reads.ts": readsFile });
  await using dev = new Service(args, { cwd: project.dir });
  await dev.prints("reads  trigger/reads.ts");
  await project.write("baton.config.ts", "export default {");
  await dev.prints("The tasks that were loaded before stay.");
  await project.write(".env", "MODE=first");
  await dev.prints(".env changed, and runs that start from now on see it: MODE");
  assert.deepEqual(await read(project), { atImport: "first", MODE: "first" });
});

test("baton runner reads no such file", { timeout }, async () => {
  await using project = await Project.create({
    "trigger/reads.ts": readsFile,
    ".env": "MODE=first",
    ".env.local": "MODE=x",
  });
  await using cluster = await Cluster.start({ projectDir: project.dir });
  assert.deepEqual(await read(project, {}, ["--coordinator", cluster.address]), { atImport: null, MODE: null });
});
