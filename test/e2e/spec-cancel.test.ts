import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { waitUntil } from "@baton/proto/testing/wait-until.test.support";
import { configure, type RetrievedRun, runs, tasks } from "@baton/sdk";
import { Cluster } from "../support/cluster.ts";
import { Project } from "../support/project.ts";
import { runBaton } from "../support/service.ts";

const taskFile = `import { appendFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { task, tasks } from "@baton/sdk";

const note = (payload: { file: string }, text: string) => appendFileSync(payload.file, text + "\\n");

const hooks = {
  onCancel: async ({ payload }) => note(payload, "onCancel"),
  onFailure: async ({ payload }) => note(payload, "onFailure"),
  onComplete: async ({ payload }) => note(payload, "onComplete"),
};

export const listening = task({
  id: "listening",
  ...hooks,
  run: async (payload: { file: string }, { signal }) => {
    note(payload, "begins");
    await sleep(600_000, undefined, { signal }).catch(() => note(payload, "aborted: " + signal.reason));
    return "dropped";
  },
});

export const queued = task({ id: "queued", queue: { concurrencyLimit: 0 }, run: async () => "never" });

export const flaky = task({
  id: "flaky",
  ...hooks,
  retry: { maxAttempts: 2, minTimeoutInMs: 600_000, maxTimeoutInMs: 600_000, randomize: false },
  run: async (payload: { file: string }) => {
    note(payload, "fails");
    throw new Error("not yet");
  },
});

/** Has \`depth\` more levels below it; each level has one run that goes on, one that is queued and one that has ended. */
export const family = task({
  id: "family",
  run: async (payload: { file: string; depth: number; endsAfterMs?: number }) => {
    if (payload.depth > 0) {
      const below = { ...payload, depth: payload.depth - 1 };
      await tasks.trigger("family", below);
      await tasks.trigger("queued", null);
      await tasks.trigger("family", { ...payload, depth: 0, endsAfterMs: 0 });
      await tasks.trigger("family", { ...below, endsAfterMs: 0 });
    }
    note(payload, "level " + payload.depth);
    await sleep(payload.endsAfterMs ?? 600_000);
  },
});
`;

describe("a cancellation", () => {
  let project: Project;
  let cluster: Cluster;

  before(async () => {
    project = await Project.create({ "trigger/tasks.ts": taskFile });
    cluster = await Cluster.start({ projectDir: project.dir, runnerArgs: ["--concurrency", "40", "--memory", "40"] });
    configure({ coordinator: cluster.address });
  });

  after(async () => {
    await cluster?.[Symbol.asyncDispose]();
    await project?.[Symbol.asyncDispose]();
  });

  const file = (name: string) => project.path(`${name}.txt`);
  const noted = (name: string) => (existsSync(file(name)) ? readFileSync(file(name), "utf8").trim().split("\n") : []);
  const inStatus = ({ id }: { readonly id: string }, status: string) =>
    waitUntil(`${id} to be ${status}`, async () => (await runs.retrieve(id)).status === status);

  test("of a queued, a delayed and a reattempting run is done at once [case 120]", async () => {
    const queued = await tasks.trigger("queued", null);
    const delayed = await tasks.trigger("listening", { file: file("delayed") }, { delay: "1h" });
    const retrying = await tasks.trigger("flaky", { file: file("retrying") });
    await inStatus(queued, "QUEUED");
    await inStatus(delayed, "DELAYED");
    await inStatus(retrying, "REATTEMPTING");
    for (const { id } of [queued, delayed, retrying]) {
      assert.deepEqual(await runs.cancel(id), { id, status: "CANCELED" });
      const run = await runs.retrieve(id);
      assert.deepEqual([run.status, run.isCanceled], ["CANCELED", true]);
    }
    assert.deepEqual(noted("delayed"), []);
    assert.deepEqual(noted("retrying"), ["fails"]);
  });

  test("of an executing run aborts its signal, drops its output and frees its thread [case 121]", async () => {
    const handle = await tasks.trigger("listening", { file: file("listening") });
    await waitUntil("the run to begin", () => noted("listening").length > 0);
    await inStatus(handle, "EXECUTING");
    assert.equal((await runs.cancel(handle)).status, "CANCELED");
    const gone = await waitUntil("its thread to be gone", async () => {
      const { attempts } = await runs.retrieve(handle.id);
      return attempts[0]?.stopLatenessMs === undefined ? undefined : attempts[0];
    });
    assert.ok((gone.stopLatenessMs ?? Number.POSITIVE_INFINITY) < 5_000, `gone after ${gone.stopLatenessMs} ms`);
    const [, ...notes] = noted("listening");
    assert.deepEqual(new Set(notes.map((note) => note.split(":")[0])), new Set(["aborted", "onCancel"]));
    const run = await runs.retrieve(handle.id);
    assert.deepEqual([run.status, run.output, run.attempts[0]?.status], ["CANCELED", undefined, "CANCELED"]);
    assert.ok(run.durationMs > 0);
  });

  async function familyOf(name: string, depth: number): Promise<RetrievedRun> {
    const root = await tasks.trigger("family", { file: file(name), depth });
    // Each level is started by two runs, one of which ends.
    const begun = (level: number) => noted(name).filter((line) => line === `level ${level}`).length;
    await waitUntil("all levels to begin", () => begun(depth) >= 1 && begun(0) >= 2 ** (depth - 1) * 3, 60_000);
    return await runs.retrieve(root.id);
  }

  async function descendantsOf(rootId: string): Promise<readonly RetrievedRun[]> {
    const found: RetrievedRun[] = [];
    for await (const { id, taskIdentifier } of await runs.list({ limit: 100 })) {
      if (taskIdentifier !== "family" && taskIdentifier !== "queued") continue;
      const run = await runs.retrieve(id);
      if (run.relatedRuns.root?.id === rootId) found.push(run);
    }
    return found;
  }

  test("of a parent reaches all levels below it, also below runs that have ended, and leaves those alone [case 122]", async () => {
    const root = await familyOf("family", 2);
    await waitUntil("the ended ones to end", async () => {
      const ended = (await descendantsOf(root.id)).filter((run) => run.status === "COMPLETED");
      // Two of the root, two of its child that goes on, and three of the child that ends.
      return ended.length === 7;
    });
    const before = await descendantsOf(root.id);
    assert.equal((await runs.cancel(root.id)).status, "CANCELED");
    const after = await waitUntil("everything below to end", async () => {
      const below = await descendantsOf(root.id);
      return below.every((run) => run.isCompleted) ? below : undefined;
    });
    const wasEnded = new Set(before.filter((run) => run.isCompleted).map((run) => run.id));
    for (const run of after) {
      assert.equal(run.status, wasEnded.has(run.id) ? "COMPLETED" : "CANCELED", `${run.id} ${run.taskIdentifier}`);
    }
    assert.ok(after.some((run) => run.depth === 2 && run.status === "CANCELED"));
  });

  test("of a parent is completed by the next coordinator when this one is killed right after its answer", async () => {
    const root = await familyOf("killed", 2);
    await runs.cancel(root.id);
    await cluster.coordinator.kill("SIGKILL");
    cluster.restartCoordinator();
    await cluster.runnersReady();
    await waitUntil("everything below to end", async () => {
      const below = await descendantsOf(root.id);
      return below.length > 0 && below.every((run) => run.isCompleted);
    });
  });

  test("of a run that has ended is no error and changes nothing, from the command line neither [case 123]", async () => {
    const handle = await tasks.trigger("family", { file: file("ended"), depth: 0, endsAfterMs: 0 });
    await runs.poll(handle.id);
    const ended = await runs.retrieve(handle.id);
    assert.deepEqual(await runs.cancel(handle.id), { id: handle.id, status: "COMPLETED" });
    const args = ["runs", "cancel", handle.id, "--coordinator", cluster.address, "--json"];
    const { code, stdout } = await runBaton(args, { cwd: project.dir });
    assert.deepEqual([code, JSON.parse(stdout)], [0, { id: handle.id, status: "COMPLETED" }]);
    assert.deepEqual(await runs.retrieve(handle.id), ended);
  });
});
