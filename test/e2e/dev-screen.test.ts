import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { test } from "node:test";
import { waitUntil } from "@baton/proto/testing/wait-until.test.support";
import { Project } from "../support/project.ts";
import { runBaton, Service } from "../support/service.ts";

const timeout = 120_000;
const args = ["dev", "--listen", "127.0.0.1:0"];

function taskFile(id: string, body = 'return "done";', head = ""): string {
  return `import { task } from "@baton/sdk";
${head}
export const one = task({
  id: "${id}",
  retry: { maxAttempts: 1 },
  run: async () => {
    ${body}
  },
});
`;
}

test("one edit shows what it changed: tasks that are new, gone, or import what was edited", { timeout }, async () => {
  const usesLib = 'import { shared } from "../src/shared.ts";';
  await using project = await Project.create({
    "src/shared.ts": "export const shared = 1;",
    "trigger/a.ts": taskFile("a", "return shared;", usesLib),
    "trigger/b.ts": taskFile("b", "return shared;", usesLib),
    "trigger/c.ts": taskFile("c"),
  });
  await using dev = new Service(args, { cwd: project.dir });
  await dev.prints("stop      Ctrl-C");
  const shows = async (expected: readonly string[], change: () => Promise<unknown>): Promise<void> => {
    const before = dev.stdout.length;
    await change();
    const lines = () => dev.stdout.slice(before).trimEnd().split("\n");
    // The lines about one edit may arrive in several pieces.
    await waitUntil("the lines of the edit", () => lines().length >= expected.length && dev.stdout.endsWith("\n"));
    assert.deepEqual(
      lines().map((line) => line.replace(/^version \S+/, "version")),
      expected,
    );
  };
  await shows(
    ["version with 3 tasks after an edit of src/shared.ts", "  changed  a  trigger/a.ts", "  changed  b  trigger/b.ts"],
    () => project.write("src/shared.ts", "export const shared = 2;"),
  );
  await shows(
    ["version with 3 tasks after an edit of trigger/c.ts", "  removed  c  trigger/c.ts", "  added    d  trigger/c.ts"],
    () => project.write("trigger/c.ts", taskFile("d")),
  );
  await shows(["version with 3 tasks after an edit of trigger/c.ts", "  changed  d  trigger/c.ts"], () =>
    project.write("trigger/c.ts", taskFile("d", "return 2;")),
  );
});

test("a run that fails shows its error and where the user's code threw it", { timeout }, async () => {
  await using project = await Project.create({
    "src/deep.ts": `export function first(): never { return second(); }
function second(): never {
  throw new RangeError("first line\\nsecond line");
}
`,
    "trigger/fails.ts": taskFile("fails", "return first();", 'import { first } from "../src/deep.ts";'),
  });
  await using dev = new Service(args, { cwd: project.dir });
  await dev.prints("stop      Ctrl-C");
  const { id } = JSON.parse((await runBaton(["trigger", "fails", "--json"], { cwd: project.dir })).stdout) as {
    id: string;
  };
  await dev.prints(`${id}  fails  failed`);
  await dev.prints("trigger/fails.ts:");
  const lines = dev.stdout.split("\n");
  const failed = lines.findIndex((line) => line.includes(`${id}  fails  failed`));
  assert.deepEqual(
    lines.slice(failed + 1, failed + 6).map((line) => line.replace("Object.run", "run")),
    [
      "  RangeError: first line",
      "  second line",
      "    at second (src/deep.ts:3:9)",
      "    at first (src/deep.ts:1:41)",
      "    at run (trigger/fails.ts:7:12)",
    ],
  );
  assert.equal(lines[failed + 6], "", "nothing of Node.js or Baton is shown");
});

test("the start says what is watched, and a command that triggers a task when it is copied", { timeout }, async () => {
  await using project = await Project.create({ "trigger/a.ts": taskFile("a") });
  await using dev = new Service(args, { cwd: project.dir, env: { npm_config_user_agent: "" } });
  await dev.prints("stop      Ctrl-C");
  assert.match(dev.stdout, /^watching {2}trigger\/, what is imported there, settings and \.env files$/m);
  const command = /^trigger {3}baton (.*)$/m.exec(dev.stdout)?.[1] ?? "";
  const words = command.split(" ").map((word) => word.replaceAll("'", ""));
  const { code, stdout } = await runBaton(words, { cwd: project.dir });
  assert.equal(code, 0);
  assert.equal(stdout.trim(), '"done"');
});

test("a broken project says at its start that nothing is loaded, and starts when it is mended", {
  timeout,
}, async () => {
  await using project = await Project.create({ "trigger/a.ts": "export const broken = {" });
  await using dev = new Service(args, { cwd: project.dir });
  await dev.prints("with 0 tasks");
  assert.match(dev.stderr, /trigger\/a\.ts:1:\d+: /);
  assert.doesNotMatch(dev.stderr, /baton init/);
  await project.write("trigger/a.ts", taskFile("a"));
  await dev.prints("stop      Ctrl-C");
  assert.match(dev.stdout, /^ {2}added {4}a {2}trigger\/a\.ts$/m);

  await using other = await Project.create({ "trigger/a.ts": taskFile("a"), "baton.config.ts": "export default {" });
  await using second = new Service(args, { cwd: other.dir });
  await second.prints("No task is loaded. The next change of a file loads them again.");
  await other.write("baton.config.ts", "export default {};");
  await second.prints("stop      Ctrl-C");
});

test("a taken default port gives the next free one, and one that was asked for is refused", { timeout }, async (t) => {
  const holder = await listen(4750).catch(() => undefined);
  t.after(() => holder?.close());
  await using project = await Project.create({ "trigger/a.ts": taskFile("a") });
  await using dev = new Service(["dev"], { cwd: project.dir });
  await dev.prints("stop      Ctrl-C");
  const [, port = ""] = /^coordinator on 127\.0\.0\.1:(\d+),/.exec(dev.stdout) ?? [];
  assert.ok(Number(port) > 4750 && Number(port) <= 4770, dev.stdout);
  assert.match(dev.stderr, /127\.0\.0\.1:4750 is taken by another process, so this is the next free port\./);
  assert.equal(readFileSync(project.path(".baton", "address"), "utf8").trim(), `127.0.0.1:${port}`);
  assert.equal((await runBaton(["trigger", "a", "--wait"], { cwd: project.dir })).code, 0);

  await using other = await Project.create({ "trigger/a.ts": taskFile("a") });
  for (const [more, env] of [
    [["--listen", "127.0.0.1:4750"], {}],
    [[], { BATON_LISTEN: "127.0.0.1:4750" }],
  ] as const) {
    const refused = await runBaton(["dev", ...more], { cwd: other.dir, env });
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /PORT_IN_USE/);
  }
  assert.equal(await dev.kill("SIGINT"), 0, dev.stderr);
});

function listen(port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve(server));
  });
}
