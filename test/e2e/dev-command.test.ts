import assert from "node:assert/strict";
import { existsSync, readFileSync, rmSync, statSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { waitUntil } from "@baton/proto/testing/wait-until.test.support";
import { Project } from "../support/project.ts";
import { runBaton, Service } from "../support/service.ts";

function taskFile(greeting: string): string {
  return `import { logger, task } from "@baton/sdk";

export const hello = task({
  id: "hello",
  run: async (payload: { name: string; forMs?: number }) => {
    logger.info("greeting", { name: payload.name });
    await new Promise((resolve) => setTimeout(resolve, payload.forMs ?? 0));
    return "${greeting} " + payload.name;
  },
});

export const fails = task({
  id: "fails",
  retry: { maxAttempts: 1 },
  run: async () => {
    throw new Error("as planned");
  },
});
`;
}

const otherFile = `import { task } from "@baton/sdk";
export const other = task({ id: "other", run: async () => "done" });
`;

interface ShownRun {
  readonly id: string;
  readonly status: string;
  readonly output: unknown;
  readonly error: { readonly name: string; readonly message: string } | null;
  readonly timeline: readonly { readonly status: string }[];
}

describe("baton dev and the commands beside it", () => {
  let project: Project;
  let dev: Service;

  before(async () => {
    project = await Project.create({ "trigger/hello.ts": taskFile("Hello"), "package.json": '{ "type": "module" }' });
    dev = new Service(["dev", "--listen", "127.0.0.1:0"], { cwd: project.dir });
    await dev.prints("hello  trigger/hello.ts");
  });

  after(async () => {
    await dev?.[Symbol.asyncDispose]();
    await project?.[Symbol.asyncDispose]();
  });

  const baton = (...args: readonly string[]) => runBaton(args, { cwd: project.dir });

  async function trigger(...args: readonly string[]): Promise<ShownRun> {
    const { stdout, stderr } = await baton("trigger", ...args, "--wait", "--json");
    assert.notEqual(stdout, "", stderr);
    return JSON.parse(stdout) as ShownRun;
  }

  test("the token can be read by its user only", () => {
    assert.equal(statSync(project.path(".baton", "token")).mode & 0o777, 0o600);
  });

  test("trigger --wait --json prints the run and nothing else on stdout; progress and logs go to stderr", async () => {
    const { code, stdout, stderr } = await baton("trigger", "hello", "--payload", '{"name":"Ada"}', "--wait", "--json");
    assert.equal(code, 0, stderr);
    const run = JSON.parse(stdout) as ShownRun;
    assert.deepEqual([run.status, run.output], ["COMPLETED", "Hello Ada"]);
    assert.match(stderr, /greeting/);
    assert.match(stderr, /completed/);
  });

  test("a run that ends otherwise exits with 1 and shows its error", async () => {
    const { code, stdout } = await baton("trigger", "fails", "--wait", "--json");
    assert.equal(code, 1);
    const run = JSON.parse(stdout) as ShownRun;
    assert.deepEqual([run.status, run.error?.message], ["FAILED", "as planned"]);
  });

  test("trigger --wait shows where a task threw, last of all", async () => {
    const { stdout, stderr } = await baton("trigger", "fails", "--wait");
    assert.equal(stdout, "");
    assert.match(
      stderr,
      / {2}fails {2}failed .*Error: as planned\n\s+at .*trigger\/hello\.ts:\d+:\d+[^\n]*\n(\s+at .*\n)*$/,
    );
  });

  test("what a task printed comes before the line of its end", async () => {
    const { stderr } = await baton("trigger", "hello", "--payload", '{"name":"Ada"}', "--wait");
    assert.match(stderr, /greeting[^\n]*\n.* {2}hello {2}completed[^\n]*\n$/s);
  });

  test("a second baton dev for the project says where the first one is", async () => {
    const { code, stderr } = await baton("dev", "--listen", "127.0.0.1:0");
    assert.equal(code, 1);
    const address = readFileSync(project.path(".baton", "address"), "utf8").trim();
    assert.match(stderr, new RegExp(`runs already for this project, on ${address}:`));
  });

  test("baton dev without a task says where it looks for them", async () => {
    await using empty = await Project.create({});
    await using other = new Service(["dev", "--listen", "127.0.0.1:0"], { cwd: empty.dir });
    await other.prints("with 0 tasks");
    await other.prints('"baton init" makes a first one.');
  });

  test("get shows a card, and as JSON the timeline", async () => {
    const { id } = await trigger("hello", "--payload", '{"name":"Grace"}');
    const card = (await baton("runs", "get", id)).stdout;
    assert.match(card, /COMPLETED/);
    assert.match(card, /Timeline/);
    const { timeline } = JSON.parse((await baton("runs", "get", id, "--json")).stdout) as ShownRun;
    assert.deepEqual(
      timeline.map(({ status }) => status),
      ["QUEUED", "DEQUEUED", "EXECUTING", "COMPLETED"],
    );
  });

  test("logs, list, tasks, watch, cancel and replay answer in JSON", async () => {
    const { id } = await trigger("hello", "--payload", '{"name":"Joan"}', "--tag", "of-joan");
    const [entry] = (await baton("runs", "logs", id, "--json")).stdout.split("\n");
    assert.equal((JSON.parse(entry ?? "") as { message: string }).message, "greeting");
    const list = JSON.parse((await baton("runs", "list", "--tag", "of-joan", "--json")).stdout) as { data: ShownRun[] };
    assert.deepEqual(
      list.data.map((run) => run.id),
      [id],
    );
    const tasks = JSON.parse((await baton("tasks", "list", "--json")).stdout) as { data: { id: string }[] };
    assert.deepEqual(
      tasks.data.map((task) => task.id),
      ["fails", "hello"],
    );
    const watched = await baton("runs", "watch", id, "--json");
    assert.equal((JSON.parse(watched.stdout.trim()) as ShownRun).status, "COMPLETED");
    assert.deepEqual(JSON.parse((await baton("runs", "cancel", id, "--json")).stdout), { id, status: "COMPLETED" });
    const replay = JSON.parse((await baton("runs", "replay", id, "--json")).stdout) as { id: string };
    assert.equal((await baton("runs", "watch", replay.id)).code, 0);
  });

  test("a run that is canceled while it executes ends so, and watch exits with 1", async () => {
    const { stdout } = await baton("trigger", "hello", "--payload", '{"name":"Slow","forMs":60000}', "--json");
    const { id } = JSON.parse(stdout) as { id: string };
    await dev.prints(`${id}  hello  executing`);
    const canceled = await baton("runs", "cancel", id, "--reason", "enough", "--json");
    assert.deepEqual(JSON.parse(canceled.stdout), { id, status: "CANCELED" });
    assert.equal((await baton("runs", "watch", id)).code, 1);
    await waitUntil("its thread to be gone", async () => {
      const { attempts } = JSON.parse((await baton("runs", "get", id, "--json")).stdout) as {
        attempts: readonly { stopLatenessMs?: number }[];
      };
      return attempts[0]?.stopLatenessMs !== undefined;
    });
    assert.equal(dev.stdout.split(`${id}  hello  canceled`).length - 1, 1, "baton dev tells the end once");
  });

  test("a file that is broken and then gone leaves the version, and that is said", async () => {
    await project.write("trigger/broken.ts", "export const broken = {");
    await dev.prints("Tasks of trigger/broken.ts are left out, and those of other files are loaded.");
    assert.match(dev.stderr, /trigger\/broken\.ts:1:\d+: /);
    assert.equal((await trigger("hello", "--payload", '{"name":"Still"}')).output, "Hello Still");
    rmSync(project.path("trigger", "broken.ts"));
    await dev.prints("The files can be loaded again");
  });

  test("tasks of a broken file are gone until it is mended, and their runs wait for that", async () => {
    await project.write("trigger/other.ts", "export const broken = {");
    await project.write("trigger/other.ts", otherFile);
    await dev.prints("added    other  trigger/other.ts");
    await project.write("trigger/other.ts", "export const broken = {");
    await dev.prints("removed  other  trigger/other.ts");
    const { stdout } = await baton("trigger", "other", "--allow-unregistered", "--json");
    const { id } = JSON.parse(stdout) as { id: string };
    await dev.prints(`${id}  other  pending version`);
    assert.equal((await trigger("hello", "--payload", '{"name":"Still"}')).output, "Hello Still");
    await project.write("trigger/other.ts", otherFile);
    await dev.prints(`${id}  other  completed`);
    rmSync(project.path("trigger", "other.ts"));
    const removals = () => dev.stdout.split("removed  other  trigger/other.ts").length - 1;
    await waitUntil("the version without it", () => removals() === 2);
  });

  test("a changed file is a new version, and a configuration that does not compile leaves the old one", async () => {
    await project.write("baton.config.ts", "export default {");
    await dev.prints("The tasks that were loaded before stay.");
    assert.equal((await trigger("hello", "--payload", '{"name":"Old"}')).output, "Hello Old");
    rmSync(project.path("baton.config.ts"));
    await project.write("trigger/hello.ts", taskFile("Welcome"));
    await waitUntil("the new version", async () => {
      const { output } = await trigger("hello", "--payload", '{"name":"New"}');
      return output === "Welcome New";
    });
  });

  test("Ctrl-C drains: what runs may end, and the address is gone", async () => {
    const { stdout } = await baton("trigger", "hello", "--payload", '{"name":"Last","forMs":1000}', "--json");
    const { id } = JSON.parse(stdout) as { id: string };
    await dev.prints(`${id}  hello  executing`);
    assert.equal(await dev.kill("SIGINT"), 0, dev.stderr);
    assert.match(dev.stdout, new RegExp(`${id}  hello  completed`));
    assert.ok(!existsSync(project.path(".baton", "address")));
  });
});

test("what tasks print is shown with the run, as far as it is stored, and with --no-logs it is not", async () => {
  const file = `import { logger, task } from "@baton/sdk";
export const chatty = task({
  id: "chatty",
  run: async (payload: { lines: number }) => {
    console.warn("two\\nlines");
    for (let line = 1; line <= payload.lines; line += 1) console.log("line", line);
    logger.info("last", { lines: payload.lines });
  },
});
`;
  await using project = await Project.create({ "trigger/chatty.ts": file });
  const trigger = async (lines: number): Promise<string> => {
    const args = ["trigger", "chatty", "--payload", `{"lines":${lines}}`, "--json"];
    return (JSON.parse((await runBaton(args, { cwd: project.dir })).stdout) as { id: string }).id;
  };
  await using shown = new Service(["dev", "--listen", "127.0.0.1:0"], { cwd: project.dir });
  await shown.prints("chatty  trigger/chatty.ts");
  const id = await trigger(20_000);
  await shown.prints(`${id}  chatty  completed`);
  await shown.prints(`${id}  info   last  {"lines":20000}\n`);
  assert.equal(await shown.kill("SIGINT"), 0, shown.stderr);
  const time = "\\d\\d:\\d\\d:\\d\\d\\.\\d{3}";
  assert.match(shown.stdout, new RegExp(`^${time}  ${id}  warn   two\n {14}lines\n`, "m"));
  const ofRun = shown.stdout.split("\n").filter((line) => / (info|warn) {2}/.test(line));
  const order = ["two", "line 1", "line 2", "lines were left out here", "line 20000", "last"];
  const places = order.map((words) => ofRun.findIndex((line) => line.includes(words)));
  assert.deepEqual(
    places,
    places.toSorted((a, b) => a - b),
  );
  assert.ok(!places.includes(-1), `not all of them are there: ${places}`);

  await using silent = new Service(["dev", "--listen", "127.0.0.1:0", "--no-logs"], { cwd: project.dir });
  await silent.prints("chatty  trigger/chatty.ts");
  const second = await trigger(1);
  await silent.prints(`${second}  chatty  completed`);
  assert.equal(await silent.kill("SIGINT"), 0, silent.stderr);
  assert.ok(!silent.stdout.includes(`${second}  info`), silent.stdout);
});

test("a task whose file was deleted is not listed and not executed, and its runs go on when it is back", async () => {
  const gone = `import { task } from "@baton/sdk";
export const gone = task({ id: "gone", run: async () => "back" });
`;
  await using project = await Project.create({ "trigger/gone.ts": gone, "trigger/hello.ts": taskFile("Hello") });
  const baton = (...args: readonly string[]) => runBaton(args, { cwd: project.dir });
  const listed = async () => {
    const { data } = JSON.parse((await baton("tasks", "list", "--json")).stdout) as { data: { id: string }[] };
    return data.map((task) => task.id);
  };
  const args = ["dev", "--listen", "127.0.0.1:0"];
  await using dev = new Service(args, { cwd: project.dir });
  await dev.prints("gone  trigger/gone.ts");
  assert.deepEqual(await listed(), ["fails", "gone", "hello"]);

  rmSync(project.path("trigger", "gone.ts"));
  await dev.prints("with 2 tasks");
  assert.deepEqual(await listed(), ["fails", "hello"]);
  const refused = await baton("trigger", "gone");
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /TASK_NOT_REGISTERED/);
  const { id } = JSON.parse((await baton("trigger", "gone", "--allow-unregistered", "--json")).stdout) as ShownRun;
  await dev.prints(`${id}  gone  pending version`);
  assert.equal(await dev.kill("SIGINT"), 0, dev.stderr);
  assert.ok(!dev.stdout.includes(`${id}  gone  queued`));

  await using next = new Service(args, { cwd: project.dir });
  await next.prints("with 2 tasks");
  assert.deepEqual(await listed(), ["fails", "hello"]);
  await project.write("trigger/gone.ts", gone);
  await next.prints(`${id}  gone  completed`);
});

test("baton dev that was killed with running work says so at its next start, and the work starts again", async () => {
  await using project = await Project.create({ "trigger/hello.ts": taskFile("Hello") });
  const args = ["dev", "--listen", "127.0.0.1:0"];
  const env = { BATON_LEASE_MS: "1000", BATON_HEARTBEAT_INTERVAL_MS: "200" };
  await using killed = new Service(args, { cwd: project.dir, env });
  await killed.prints("hello  trigger/hello.ts");
  const payload = '{"name":"Ada","forMs":1500}';
  const { stdout } = await runBaton(["trigger", "hello", "--payload", payload, "--json"], { cwd: project.dir });
  const { id } = JSON.parse(stdout) as { id: string };
  await killed.prints(`${id}  hello  executing`);
  await killed.kill("SIGKILL");
  await using next = new Service(args, { cwd: project.dir, env });
  await next.prints("1 run was under way when this ended last");
  await next.prints(`${id}  hello  completed`);
});
