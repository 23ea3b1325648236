import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { waitUntil } from "@baton/proto/testing/wait-until.test.support";
import { configure, runs, tasks } from "@baton/sdk";
import { Cluster } from "../support/cluster.ts";
import { Project } from "../support/project.ts";

const dayMs = 86_400_000;

const taskFile = `import { task } from "@baton/sdk";

export const second = task({
  id: "second",
  retry: { maxAttempts: 2, minTimeoutInMs: 1_500, maxTimeoutInMs: 1_500, randomize: false },
  run: async (_payload: unknown, { ctx }) => {
    if (ctx.attempt.number === 1) throw new Error("not yet");
    return "done";
  },
});

export const echo = task({ id: "echo", run: async (payload: { n: number }) => payload.n });
`;

/** A module that moves the wall clock of its process by the number of milliseconds in a file at each SIGUSR2. */
const shiftedClock = `import { readFileSync } from "node:fs";
const { now } = Date;
let shiftMs = 0;
Date.now = () => now() + shiftMs;
process.on("SIGUSR2", () => {
  shiftMs = Number(readFileSync(new URL("shift", import.meta.url), "utf8"));
});
`;

/** A cluster in which the test moves the coordinator's wall clock. */
class ShiftedCluster implements AsyncDisposable {
  readonly #project: Project;
  readonly cluster: Cluster;

  private constructor(project: Project, cluster: Cluster) {
    this.#project = project;
    this.cluster = cluster;
  }

  static async start(): Promise<ShiftedCluster> {
    const project = await Project.create({ "trigger/tasks.ts": taskFile, "clock.mjs": shiftedClock });
    const preload = `--import ${pathToFileURL(project.path("clock.mjs")).href}`;
    const cluster = await Cluster.start({ projectDir: project.dir, coordinatorEnv: { NODE_OPTIONS: preload } });
    configure({ coordinator: cluster.address });
    return new ShiftedCluster(project, cluster);
  }

  async shift(ms: number): Promise<void> {
    const before = this.#loggedJumps();
    writeFileSync(this.#project.path("shift"), String(ms));
    this.cluster.coordinator.process.kill("SIGUSR2");
    await waitUntil("a line about the jump", () => this.#loggedJumps() > before, 10_000);
  }

  #loggedJumps(): number {
    return this.cluster.coordinator.stderr.split("wall clock").length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.cluster[Symbol.asyncDispose]();
    rmSync(this.#project.dir, { recursive: true, force: true });
  }
}

const noSignal = process.platform === "win32" && "Windows has no SIGUSR2";

test("when the wall clock jumps back two days, retries and delays of seconds take seconds", {
  skip: noSignal,
}, async () => {
  await using shifted = await ShiftedCluster.start();
  const retried = await tasks.trigger("second", {});
  const delayed = await tasks.trigger("echo", { n: 1 }, { delay: "3s" });
  await waitUntil("the first attempt to fail", async () => (await runs.retrieve(retried.id)).status === "REATTEMPTING");
  const jumpedAt = performance.now();
  await shifted.shift(-2 * dayMs);
  const later = await tasks.trigger("echo", { n: 2 }, { delay: "1s" });
  const ended = await Promise.all([retried, delayed, later].map(({ id }) => runs.poll(id)));
  assert.deepEqual(
    ended.map(({ output }) => output),
    ["done", 1, 2],
  );
  assert.ok(performance.now() - jumpedAt < 30_000);
});

test("when it jumps forty days ahead and comes back, nothing is due early and a key still stands", {
  skip: noSignal,
}, async () => {
  await using shifted = await ShiftedCluster.start();
  const options = { idempotencyKey: "once", idempotencyKeyTTL: "1d" };
  const keyed = await tasks.trigger("echo", { n: 1 }, options);
  await runs.poll(keyed.id);
  const delayed = await tasks.trigger("echo", { n: 2 }, { delay: "1h" });
  await shifted.shift(40 * dayMs);
  assert.equal((await tasks.trigger("echo", { n: 1 }, options)).id, keyed.id);
  const other = await tasks.trigger("echo", { n: 3 });
  assert.equal((await runs.poll(other.id)).output, 3);
  assert.equal((await runs.retrieve(delayed.id)).status, "DELAYED");
  await shifted.shift(0);
  assert.match(shifted.cluster.coordinator.stderr, /wall clock came back from its jump/);
  assert.equal((await runs.retrieve(keyed.id)).status, "COMPLETED");
});
