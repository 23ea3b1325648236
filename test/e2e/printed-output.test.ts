import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { waitUntil } from "@baton/proto/testing/wait-until.test.support";
import { configure, runs, tasks } from "@baton/sdk";
import { Cluster } from "../support/cluster.ts";
import { Project } from "../support/project.ts";
import { runBaton } from "../support/service.ts";

const taskFile = `import { AsyncLocalStorage } from "node:async_hooks";
import { pino } from "pino";
import { logger, task } from "@baton/sdk";

const tenant = new AsyncLocalStorage<string>();
const log = pino({ base: null, timestamp: false });
const once = { retry: { maxAttempts: 1 } };

export const entersTenant = task({
  id: "enters-tenant",
  run: async (name: string) => {
    const before = tenant.getStore() ?? null;
    tenant.enterWith(name);
    return before;
  },
});

export const printsEveryWay = task({
  id: "prints-every-way",
  run: async () => {
    console.group("group");
    console.log("inside");
    console.count();
    process.stdout.write("by ");
    process.stdout.write("stdout\\n");
    log.info("by pino");
    logger.error("by logger", { error: new RangeError("too far"), big: 1n, id: 7 });
  },
});

export const blocks = task({
  ...once,
  id: "blocks",
  maxDuration: 1,
  run: async () => { console.log("before it blocks"); console.log("and this"); for (;;) {} },
});

export const leaves = task({
  id: "leaves",
  run: async () => {
    const end = Date.now() + 300;
    const wait = () => { if (Date.now() < end) setImmediate(wait); else console.log("after the end"); };
    setImmediate(wait);
  },
});
`;

interface ShownLine {
  readonly message: string;
  readonly level: string;
  readonly properties?: { readonly error: { readonly stack: string }; readonly big: string; readonly id: number };
}

describe("what a task prints", () => {
  let project: Project;
  let cluster: Cluster;
  const logsOf = async (runId: string): Promise<readonly ShownLine[]> => {
    const args = ["runs", "logs", runId, "--json", "--coordinator", cluster.address];
    const { stdout } = await runBaton(args, { cwd: project.dir });
    return stdout
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as ShownLine);
  };

  before(async () => {
    project = await Project.create({ "trigger/tasks.ts": taskFile });
    // One thread, so that runs follow each other in it.
    cluster = await Cluster.start({ projectDir: project.dir, runnerArgs: ["--concurrency", "1"] });
    configure({ coordinator: cluster.address });
  });
  after(async () => {
    await cluster?.[Symbol.asyncDispose]();
    await project?.[Symbol.asyncDispose]();
  });

  test("is in the log of its run, however it is printed, and indents nothing of the next run", async () => {
    for (const round of [1, 2]) {
      const { id } = await runs.poll((await tasks.trigger("prints-every-way", null)).id);
      const lines = await logsOf(id);
      assert.deepEqual(
        lines.map(({ level, message }) => `${level} ${message}`),
        [
          "log group",
          "log   inside",
          "log   default: 1",
          "log by stdout",
          'log {"level":30,"msg":"by pino"}',
          "error by logger",
        ],
        `round ${round}`,
      );
      const { big, error, id: shownId } = lines.at(-1)?.properties ?? assert.fail("no properties");
      assert.deepEqual([big, shownId], ["1", 7]);
      assert.match(error.stack, /^RangeError: too far\n {4}at .*tasks\.ts:/);
      assert.doesNotMatch(error.stack, /lifecycle|@baton|runner\/|node:/);
    }
    const run = await runs.poll((await tasks.trigger("prints-every-way", null)).id);
    const args = ["runs", "logs", run.id, "--coordinator", cluster.address];
    const { stdout } = await runBaton(args, { cwd: project.dir });
    assert.match(stdout, /\n {14}RangeError: too far\n {18}at .*tasks\.ts:/);
  });

  test("is kept when its thread blocks and is ended", async () => {
    const run = await runs.poll((await tasks.trigger("blocks", null)).id);
    assert.equal(run.status, "TIMED_OUT");
    assert.deepEqual(
      (await logsOf(run.id)).map(({ message }) => message),
      ["before it blocks", "and this"],
    );
  });

  test("follows in the log of its run when it comes after the end", async () => {
    const { id } = await runs.poll((await tasks.trigger("leaves", null)).id);
    await waitUntil("the late line", async () => (await logsOf(id)).length === 2);
    assert.equal((await logsOf(id))[1]?.message, "after the end");
  });

  test("stands beside no context of another run: what one enters the next does not see", async () => {
    const seen = [];
    for (const name of ["a", "b", "c"]) {
      seen.push((await runs.poll((await tasks.trigger("enters-tenant", name)).id)).output);
    }
    assert.deepEqual(seen, [null, null, null]);
  });
});
