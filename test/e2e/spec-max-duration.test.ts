import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { configure, type RetrievedRun, runs, tasks } from "@baton/sdk";
import { appendingTask, triggerAppending } from "../support/appending-task.ts";
import { Cluster } from "../support/cluster.ts";
import { Project } from "../support/project.ts";

const taskFile = `import { appendFileSync } from "node:fs";
import { task, timeout } from "@baton/sdk";

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const note = (what: string) => async () => { appendFileSync("hooks.txt", what + "\\n"); };

export const blocks = task({
  id: "blocks",
  maxDuration: 1,
  queue: { concurrencyLimit: 1 },
  run: async (how: string) => {
    if (how === "loop") for (;;) {}
    if (how === "expression") return /^(a+)+$/.test("a".repeat(40) + "b");
    if (how === "wait") Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    return how;
  },
});

export const twice = task({
  id: "twice",
  maxDuration: 5,
  retry: { maxAttempts: 2, minTimeoutInMs: 0 },
  run: async (_payload: null, { ctx }) => {
    await sleep(3_000);
    if (ctx.attempt.number === 1) throw new Error("again");
  },
});

export const hooked = task({
  id: "hooked",
  maxDuration: 1,
  retry: { maxAttempts: 3, minTimeoutInMs: 0 },
  handleError: note("handleError"),
  onFailure: note("onFailure"),
  onComplete: note("onComplete"),
  onSuccess: note("onSuccess"),
  cleanup: note("cleanup"),
  run: () => sleep(60_000),
});

export const listens = task({
  id: "listens",
  maxDuration: 1,
  run: async (_payload: null, { signal }) => {
    await new Promise<void>((resolve) => {
      signal.addEventListener("abort", () => {
        const reason = signal.reason as { name: string; message: string };
        appendFileSync("signal.txt", reason.name + "\\n");
        resolve();
      });
    });
    return "too late";
  },
});

export const free = task({ id: "free", maxDuration: timeout.None, run: async (_payload: null, { ctx }) => {
  await sleep(7_000);
  return ctx.run.maxDuration ?? "absent";
} });

export const limited = task({ id: "limited", maxDuration: 60, run: async (_payload: null, { ctx }) => ctx.run.maxDuration });

export const hangs = task({ id: "hangs", maxDuration: 1, onSuccess: () => sleep(60_000), run: async () => 1 });
`;

const config = `import { defineConfig } from "@baton/sdk"; export default defineConfig({ maxDuration: 5 });`;

describe("maxDuration", () => {
  let project: Project;
  let cluster: Cluster;

  before(async () => {
    project = await Project.create({
      "trigger.config.ts": config,
      "trigger/tasks.ts": taskFile,
      "trigger/append.ts": appendingTask,
    });
    cluster = await Cluster.start({ projectDir: project.dir, runnerArgs: ["--max-duration-grace", "200"] });
    configure({ coordinator: cluster.address });
  });

  after(async () => {
    await cluster?.[Symbol.asyncDispose]();
    await project?.[Symbol.asyncDispose]();
  });

  const outcome = async (id: string, payload: unknown = null, options = {}): Promise<RetrievedRun> =>
    runs.poll((await tasks.trigger(id, payload, options)).id);
  const written = (file: string) => {
    const path = project.path(file);
    return existsSync(path) ? readFileSync(path, "utf8") : "";
  };

  for (const how of ["loop", "expression", "wait"]) {
    test(`a thread in a ${how} is stopped, its slot is free, and others go on [case 75]`, async () => {
      const beside = await triggerAppending(project, 4);
      const run = await outcome("blocks", how);
      assert.equal(run.status, "TIMED_OUT");
      assert.equal(run.error?.name, "MAX_DURATION_EXCEEDED");
      assert.ok(run.attempts[0]?.stopLatenessMs !== undefined);
      // The queue has one slot, so this run starts when the slot is free.
      assert.equal((await outcome("blocks", "nothing")).output, "nothing");
      for (const { id } of beside) {
        const ended = await runs.poll(id);
        assert.equal(ended.status, "COMPLETED");
        assert.equal(ended.attempts.length, 1);
      }
    });
  }

  test("each attempt has the whole time [case 77]", async () => {
    const run = await outcome("twice");
    assert.equal(run.status, "COMPLETED");
    assert.equal(run.attemptCount, 2);
  });

  test("a time-out calls no hook and is not retried [case 78]", async () => {
    const run = await outcome("hooked");
    assert.equal(run.status, "TIMED_OUT");
    assert.equal(run.attemptCount, 1);
    assert.equal(written("hooks.txt"), "");
  });

  test("with a grace the signal is aborted before the end, and what run returns then is dropped [case 79]", async () => {
    const run = await outcome("listens");
    assert.equal(run.status, "TIMED_OUT");
    assert.equal(run.output, undefined);
    assert.equal(written("signal.txt"), "TaskRunExceededMaxDuration\n");
  });

  test("timeout.None on the task lifts the limit of the config [case 80]", async () => {
    const run = await outcome("free");
    assert.equal(run.status, "COMPLETED");
    assert.equal(run.output, "absent");
  });

  test("the trigger's limit stands over the task's [case 81]", async () => {
    assert.equal((await outcome("limited", null, { maxDuration: 10 })).output, 10);
  });

  test("an onSuccess that hangs is active time [case 82]", async () => {
    const run = await outcome("hangs");
    assert.equal(run.status, "TIMED_OUT");
  });
});
