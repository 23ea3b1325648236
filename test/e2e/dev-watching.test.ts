import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chownSync, existsSync, lchownSync, readdirSync, statSync } from "node:fs";
import { chmod, mkdir, rename, rm } from "node:fs/promises";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { waitUntil } from "@baton/proto/testing/wait-until.test.support";
import { childrenOf, commandLineOf } from "../support/processes.ts";
import { Project } from "../support/project.ts";
import { runBaton, Service } from "../support/service.ts";

const args = ["dev", "--listen", "127.0.0.1:0"];
const timeout = 120_000;

function taskFile(id: string, greeting = "Hello"): string {
  return `import { task } from "@baton/sdk";
export const one = task({ id: "${id}", run: async () => "${greeting}" });
`;
}

/** Returns how often a text was printed. */
function count(service: Service, text: string): number {
  return (service.stdout + service.stderr).split(text).length - 1;
}

async function outputOf(project: Project, taskId: string): Promise<unknown> {
  const { stdout, stderr } = await runBaton(["trigger", taskId, "--wait", "--json"], { cwd: project.dir });
  assert.notEqual(stdout, "", stderr);
  return (JSON.parse(stdout) as { output: unknown }).output;
}

test("a task folder that is deleted and made again at once is watched again", { timeout }, async () => {
  await using project = await Project.create({ "trigger/hello.ts": taskFile("hello"), "trigger/b.ts": taskFile("b") });
  await using dev = new Service(args, { cwd: project.dir });
  await dev.prints("hello  trigger/hello.ts");
  for (const round of ["one", "two"]) {
    await rm(project.path("trigger"), { recursive: true });
    await project.write("trigger/hello.ts", taskFile("hello", `Again ${round}`));
    await waitUntil("the new version", async () => (await outputOf(project, "hello")) === `Again ${round}`);
    await project.write("trigger/later.ts", taskFile(`later-${round}`));
    await dev.prints(`later-${round}  trigger/later.ts`);
  }
});

test("a task file that moves in with its folder is loaded, and is gone with it", { timeout }, async () => {
  await using project = await Project.create({ "trigger/hello.ts": taskFile("hello") });
  await using elsewhere = await Project.create({ "mail/deep/send.ts": taskFile("send") });
  await using dev = new Service(args, { cwd: project.dir });
  await dev.prints("hello  trigger/hello.ts");
  await rename(elsewhere.path("mail"), project.path("trigger", "mail"));
  await dev.prints("send  trigger/mail/deep/send.ts");
  await rm(project.path("trigger", "mail"), { recursive: true });
  await dev.prints("removed  send  trigger/mail/deep/send.ts");
});

test("what editors, tasks and tools write causes no build", { timeout }, async () => {
  await using project = await Project.create({
    "trigger/hello.ts": taskFile("hello"),
    "web/page.tsx": "export {}",
    "next-env.d.ts": "",
  });
  await using dev = new Service([...args, "--log-level", "debug"], { cwd: project.dir });
  await dev.prints("hello  trigger/hello.ts");
  const built = () => count(dev, "build begins");
  await waitUntil("a quiet project", async () => {
    const before = built();
    await sleep(500);
    return built() === before;
  });
  const before = built();
  const names = ["4913", ".hello.ts.swp", "hello.ts~", ".#hello.ts", "hello.ts___jb_tmp___", "report", "data.json"];
  for (const name of names) await project.write(`trigger/${name}`, String(Math.random()));
  for (const dir of ["dist", ".next/server", "coverage", "build", "out"]) await project.write(`${dir}/x.js`, "1");
  await project.write("web/page.tsx", "export const page = 1;");
  await project.write("next-env.d.ts", "// written by a tool");
  await sleep(1_000);
  assert.equal(built(), before);
  await project.write("trigger/hello.ts", taskFile("hello", "Changed"));
  await waitUntil("the build that an edit causes", () => built() > before);
});

test("a compiler that was killed is started again by the next edit", { timeout }, async (t) => {
  if (process.platform !== "linux") return t.skip("the compiler is found through /proc");
  await using project = await Project.create({ "trigger/hello.ts": taskFile("hello") });
  await using dev = new Service(args, { cwd: project.dir });
  await dev.prints("hello  trigger/hello.ts");
  const compilers = () => childrenOf(dev.pid).filter((pid) => /\/esbuild\0/.test(commandLineOf(pid)));
  for (const round of ["one", "two"]) {
    const found = compilers();
    assert.equal(found.length, 1);
    for (const pid of found) process.kill(pid, "SIGKILL");
    await waitUntil("the end of the compiler", () => !compilers().some((pid) => found.includes(pid)));
    await project.write("trigger/hello.ts", taskFile("hello", round));
    await waitUntil("the new version", async () => (await outputOf(project, "hello")) === round);
  }
  assert.doesNotMatch(dev.stderr, /error:/);
});

test("compiled versions that were deleted are made again by the next edit", { timeout }, async () => {
  await using project = await Project.create({ "trigger/hello.ts": taskFile("hello") });
  await using dev = new Service(args, { cwd: project.dir });
  await dev.prints("hello  trigger/hello.ts");
  await rm(project.path(".baton", "versions"), { recursive: true, maxRetries: 5 });
  await project.write("trigger/hello.ts", taskFile("hello", "Changed"));
  await waitUntil("the new version", async () => (await outputOf(project, "hello")) === "Changed");
  assert.ok(readdirSync(project.path(".baton", "versions")).length > 0);
});

test("after .baton was deleted the other commands find baton dev again, and runs are executed", {
  timeout,
}, async () => {
  await using project = await Project.create({ "trigger/hello.ts": taskFile("hello") });
  await using dev = new Service(args, { cwd: project.dir });
  await dev.prints("hello  trigger/hello.ts");
  const [version = ""] = readdirSync(project.path(".baton", "versions"));
  await rm(project.path(".baton"), { recursive: true, maxRetries: 5 });
  await dev.prints(".baton was deleted.");
  await waitUntil("the version", () => existsSync(project.path(".baton", "versions", version)));
  assert.equal(statSync(project.path(".baton")).mode & 0o777, 0o700);
  assert.equal(await outputOf(project, "hello"), "Hello");
});

test("after .baton was deleted the next edit lets the other commands find baton dev again", { timeout }, async () => {
  await using project = await Project.create({ "trigger/hello.ts": taskFile("hello") });
  await using dev = new Service(args, { cwd: project.dir });
  await dev.prints("hello  trigger/hello.ts");
  await rm(project.path(".baton"), { recursive: true, maxRetries: 5 });
  await project.write("trigger/hello.ts", taskFile("hello", "Changed"));
  await dev.prints(".baton was deleted.");
  await dev.prints("changed  hello  trigger/hello.ts");
  assert.equal(statSync(project.path(".baton", "token")).mode & 0o777, 0o600);
  assert.equal(await outputOf(project, "hello"), "Changed");
});

test("a project folder that is deleted and made again is loaded again", { timeout }, async () => {
  await using project = await Project.create({ "trigger/hello.ts": taskFile("hello") });
  await using dev = new Service(args, { cwd: project.dir });
  await dev.prints("hello  trigger/hello.ts");
  // At once, because a look in the middle of the deletion may find a project without tasks.
  const gone = `${project.dir}-gone`;
  await rename(project.dir, gone);
  await rm(gone, { recursive: true, maxRetries: 5 });
  await dev.prints("The tasks that were loaded before stay.");
  await using other = await Project.create({ "trigger/hello.ts": taskFile("hello", "Again") });
  await rename(other.dir, project.dir);
  await dev.prints("changed  hello  trigger/hello.ts");
  assert.equal(await outputOf(project, "hello"), "Again");
});

test("a folder that may not be read is left out with one warning, and watched once it may", { timeout }, async (t) => {
  await using project = await Project.create({ "trigger/hello.ts": taskFile("hello") });
  await mkdir(project.path("secret"));
  await chmod(project.path("secret"), 0o000);
  const through = asOrdinaryUser(project);
  if (through === undefined) return t.skip("no ordinary user may read this checkout");
  await using dev = new Service(args, { cwd: project.dir, through });
  await dev.prints("hello  trigger/hello.ts");
  await dev.prints(
    "The folder secret cannot be watched, so changes there are not seen: this user may not read it (EACCES).",
  );
  await project.write("trigger/second.ts", taskFile("second"));
  await dev.prints("added    second  trigger/second.ts");
  assert.equal(count(dev, "cannot be watched"), 1);
  await project.write("secret/trigger/third.ts", taskFile("third"));
  await chmod(project.path("secret"), 0o755);
  await dev.prints("added    third  secret/trigger/third.ts");
  await chmod(project.path("secret"), 0o000);
  await chmod(project.path("secret"), 0o755);
  await project.write("trigger/second.ts", taskFile("second", "Changed"));
  await dev.prints("changed  second  trigger/second.ts");
});

describe("where the system gives no more watches", () => {
  const limits = [
    { name: "max_inotify_watches", value: 3, code: "ENOSPC" },
    { name: "max_inotify_instances", value: 0, code: "EMFILE" },
  ];
  for (const { name, value, code } of limits) {
    const through = underLimit(name, value);
    const skip = canRun(through) ? false : `this system has no ${name} in a user namespace`;

    test(`baton dev starts, warns once and goes on (${code})`, { timeout, skip }, async () => {
      await using project = await Project.create({ "trigger/hello.ts": taskFile("hello"), "a/b/c/d.ts": "export {}" });
      await using dev = new Service(args, { cwd: project.dir, through });
      await dev.prints("hello  trigger/hello.ts");
      await dev.prints("cannot be watched, so changes there are not seen");
      assert.match(dev.stderr, new RegExp(`limit of .* is reached \\(${code}\\)\\. .*--poll`));
      for (const folder of ["e", "f", "g"]) await project.write(`${folder}/x.ts`, "export {}");
      assert.equal(await outputOf(project, "hello"), "Hello");
      assert.equal(count(dev, "cannot be watched"), 1);
    });

    test(`changes are found with --poll all the same (${code})`, { timeout, skip }, async () => {
      await using project = await Project.create({ "trigger/hello.ts": taskFile("hello"), "a/b/c/d.ts": "export {}" });
      await using dev = new Service([...args, "--poll", "100"], { cwd: project.dir, through });
      await dev.prints("hello  trigger/hello.ts");
      await dev.prints("every 100 ms");
      await project.write("trigger/deep/second.ts", taskFile("second"));
      await dev.prints("added    second  trigger/deep/second.ts");
      await project.write("trigger/hello.ts", taskFile("hello", "Changed"));
      await dev.prints("changed  hello  trigger/hello.ts");
      assert.equal(count(dev, "cannot be watched"), 0);
    });
  }

  test("baton dev that has watches at its start lives on when they run out", { timeout }, async (t) => {
    const through = underLimit("max_inotify_watches", 10);
    if (!canRun(through)) return t.skip("this system has no max_inotify_watches in a user namespace");
    await using project = await Project.create({ "trigger/hello.ts": taskFile("hello") });
    await using dev = new Service(args, { cwd: project.dir, through });
    await dev.prints("hello  trigger/hello.ts");
    assert.equal(count(dev, "cannot be watched"), 0);
    for (let folder = 0; folder < 12; folder += 1) await project.write(`folder-${folder}/x.ts`, "export {}");
    await dev.prints("limit of file watches is reached (ENOSPC)");
    await project.write("trigger/hello.ts", taskFile("hello", "Changed"));
    await dev.prints("changed  hello  trigger/hello.ts");
    assert.equal(count(dev, "cannot be watched"), 1);
  });
});

test("--poll and BATON_WATCH_POLL_MS outside of their range are refused", async () => {
  await using project = await Project.create({});
  for (const [more, env, name] of [
    [["--poll", "10"], {}, "--poll"],
    [[], { BATON_WATCH_POLL_MS: "10" }, "BATON_WATCH_POLL_MS"],
  ] as const) {
    const { code, stderr } = await runBaton([...args, ...more], { cwd: project.dir, env });
    assert.equal(code, 2, stderr);
    assert.match(stderr, new RegExp(`CONFIG_INVALID.*${name}: `, "s"));
  }
});

/**
 * Returns a command line that executes another one as `nobody`, who also gets the files, because root can read
 * everything.
 */
function asOrdinaryUser(project: Project): readonly string[] | undefined {
  if (process.getuid?.() !== 0) return [];
  const nobody = 65534;
  for (const path of [
    project.dir,
    ...readdirSync(project.dir, { recursive: true }).map((name) => project.path(String(name))),
  ]) {
    if (path.includes("node_modules")) lchownSync(path, nobody, nobody);
    else chownSync(path, nobody, nobody);
  }
  const through = ["setpriv", `--reuid=${nobody}`, `--regid=${nobody}`, "--clear-groups"];
  return canRun(
    [...through, process.execPath, "--eval", `require("fs").readdirSync("${project.path("node_modules")}")`],
    [],
  )
    ? through
    : undefined;
}

/** Returns a command line that executes another one with its own limit. */
function underLimit(name: string, value: number): readonly string[] {
  return ["unshare", "-Ur", "sh", "-c", `echo ${value} > /proc/sys/user/${name} && exec "$@"`, "sh"];
}

function canRun([command = "", ...rest]: readonly string[], more: readonly string[] = ["true"]): boolean {
  return spawnSync(command, [...rest, ...more]).status === 0;
}
