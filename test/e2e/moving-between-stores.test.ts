import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { after, describe, test } from "node:test";
import { waitUntil } from "@baton/proto/testing/wait-until.test.support";
import { configure, runs, tasks } from "@baton/sdk";
import { Cluster } from "../support/cluster.ts";
import { MongoDatabase } from "../support/mongo-database.ts";
import { findMongoServer, howToGetAServer } from "../support/mongo-server.ts";
import { Project } from "../support/project.ts";
import { batonCommand, runBaton, Service } from "../support/service.ts";

const taskFile = `import { setTimeout as sleep } from "node:timers/promises";
import { logger, task } from "@baton/sdk";

export const large = task({ id: "large", run: async (payload: { text: string }) => payload.text.toUpperCase() });

export const chatty = task({
  id: "chatty",
  run: async () => {
    for (let n = 0; n < 250; n += 1) logger.info(\`line \${n}\`, { n });
    return "said";
  },
});

export const broken = task({
  id: "broken",
  retry: { maxAttempts: 1 },
  run: async () => {
    throw new Error("always");
  },
});

export const slow = task({
  id: "slow",
  queue: { concurrencyLimit: 1 },
  run: async (payload: { ms: number }) => {
    await sleep(payload.ms);
    return "slow";
  },
});

export const flaky = task({
  id: "flaky",
  retry: { maxAttempts: 2, minTimeoutInMs: 8_000, randomize: false },
  run: async (_payload: null, { ctx }) => {
    if (ctx.attempt.number === 1) throw new Error("not yet");
    return ctx.attempt.number;
  },
});
`;

/** A text that is too large for a run's document or row. */
const largeText = `"ä\\ ${"x".repeat(200_000)}`;

const server = await findMongoServer();
after(() => server?.stop());

test("everything moves from one SQLite file to another, and what was not finished runs to its end", async () => {
  await using project = await Project.create({ "trigger/tasks.ts": taskFile });
  await tellStory(
    project,
    ["a", "b"].map((name) => `sqlite:${project.path(`${name}.db`)}`),
  );
});

describe("everything moves, and what was not finished runs to its end", {
  skip: server === undefined ? howToGetAServer : false,
}, () => {
  if (server === undefined) return;

  test("from SQLite to MongoDB and back", async () => {
    await using project = await Project.create({ "trigger/tasks.ts": taskFile });
    await using database = new MongoDatabase(server);
    await database.prepare();
    const files = ["a", "b"].map((name) => `sqlite:${project.path(`${name}.db`)}`);
    await tellStory(project, [files[0] ?? "", database.address, files[1] ?? ""]);
  });

  test("from MongoDB to SQLite and to another database", async () => {
    await using project = await Project.create({ "trigger/tasks.ts": taskFile });
    await using first = new MongoDatabase(server);
    await using second = new MongoDatabase(server);
    await first.prepare();
    await second.prepare();
    await tellStory(project, [first.address, `sqlite:${project.path("a.db")}`, second.address]);
  });
});

/**
 * Creates runs in every status on the first store, kills everything, moves from each store to the next, compares them,
 * and starts a coordinator and a runner on the last one.
 */
async function tellStory(project: Project, stores: readonly string[]): Promise<void> {
  const [firstStore = ""] = stores;
  const lastStore = stores.at(-1) ?? "";
  // The last runner has one more task, so its version is another one.
  const shortTimes = { BATON_LEASE_MS: "2000", BATON_HEARTBEAT_INTERVAL_MS: "500", BATON_VERSION_GRACE_MS: "1000" };
  await using cluster = await Cluster.start({
    projectDir: project.dir,
    store: firstStore,
    coordinatorEnv: shortTimes,
    runnerArgs: ["--concurrency", "4"],
  });
  configure({ coordinator: cluster.address });
  const key = { idempotencyKey: "once", tags: ["kept"] };
  const large = await tasks.trigger("large", { text: largeText }, key);
  const chatty = await tasks.trigger("chatty", null);
  const broken = await tasks.trigger("broken", null);
  for (const { id } of [large, chatty, broken]) await runs.poll(id);
  const finishedBefore = await Promise.all([large, chatty, broken].map(({ id }) => runs.retrieve(id)));
  const executing = await tasks.trigger("slow", { ms: 2_000 });
  const queued = await tasks.trigger("slow", { ms: 10 });
  const delayed = await tasks.trigger("slow", { ms: 10 }, { delay: "8s" });
  const retrying = await tasks.trigger("flaky", null);
  const unknown = await tasks.trigger("not-yet-written", { n: 1 });
  const unfinished = [
    [executing, "EXECUTING"],
    [queued, "QUEUED"],
    [delayed, "DELAYED"],
    [retrying, "REATTEMPTING"],
    [unknown, "PENDING_VERSION"],
  ] as const;
  const statusOf = async (id: string) => (await runs.retrieve(id)).status;
  for (const [{ id }, status] of unfinished) await waitUntil(status, async () => (await statusOf(id)) === status);
  const logs = await runBaton(["runs", "logs", chatty.id, "--coordinator", cluster.address, "--json"]);
  const versionsBefore = await cluster.listTasks();
  await cluster.coordinator.kill("SIGKILL");
  for (const runner of cluster.runners.splice(0)) await runner.kill("SIGKILL");

  const checksums: string[] = [];
  for (const [place, to] of stores.slice(1).entries()) {
    const from = stores[place] ?? "";
    const told = await pipe(["export", "--store", from], ["import", "--store", to]);
    assert.deepEqual(told.codes, [0, 0], told.stderr);
    assert.match(
      told.stderr,
      /exported 8 runs, 250 log lines, 1 task versions, 1 idempotency keys in .* runs\/s; sha256/,
    );
    assert.match(
      told.stderr,
      /imported 8 runs, 250 log lines, 1 task versions, 1 idempotency keys in .* runs\/s; sha256/,
    );
    checksums.push(...[...told.stderr.matchAll(/sha256 ([0-9a-f]{64})/g)].map(([, checksum]) => checksum ?? ""));
  }
  const files = await Promise.all(
    [firstStore, lastStore].map(async (store, place) => {
      const file = project.path(`${place}.jsonl`);
      const { code, stderr } = await runBaton(["export", "--store", store, "--out", file]);
      assert.equal(code, 0, stderr);
      return (await readFile(file, "utf8")).split("\n").slice(1);
    }),
  );
  assert.deepEqual(files[1], files[0], "everything but the first line, which has the time, is the same");
  const footer = JSON.parse(files[0]?.at(-2) ?? "") as { readonly sha256: string };
  assert.deepEqual(new Set(checksums), new Set([footer.sha256]));

  const args = ["coordinator", "--listen", cluster.address, "--store", lastStore];
  cluster.coordinator = new Service(args, { cwd: project.dir, env: shortTimes });
  await cluster.coordinator.prints("coordinator listening");
  await project.write(
    "trigger/later.ts",
    `import { task } from "@baton/sdk";
export const later = task({ id: "not-yet-written", run: async (payload: { n: number }) => payload.n });
`,
  );
  cluster.addRunner();
  const ends = await Promise.all(unfinished.map(([{ id }]) => runs.poll(id)));
  assert.deepEqual(
    ends.map(({ output, status }) => [status, output]),
    [
      ["COMPLETED", "slow"],
      ["COMPLETED", "slow"],
      ["COMPLETED", "slow"],
      ["COMPLETED", 2],
      ["COMPLETED", 1],
    ],
  );
  assert.equal(ends[0]?.attemptCount, 1, "an interruption is not charged");
  const finishedAfter = await Promise.all([large, chatty, broken].map(({ id }) => runs.retrieve(id)));
  assert.deepEqual(finishedAfter, finishedBefore);
  assert.equal(finishedAfter[0]?.output, largeText.toUpperCase());
  const sameLogs = await runBaton(["runs", "logs", chatty.id, "--coordinator", cluster.address, "--json"]);
  assert.deepEqual(messagesOf(sameLogs.stdout), messagesOf(logs.stdout));
  assert.equal(messagesOf(sameLogs.stdout).length, 250);
  const again = await tasks.trigger("large", { text: "other" }, key);
  assert.equal(again.id, large.id, "the key still stands for its run");
  const [before] = versionsBefore.tasks;
  const versions = (await cluster.listTasks()).tasks.map(({ version }) => version);
  assert.ok(before !== undefined && versions.every((version) => version > before.version), "versions keep their names");
}

function messagesOf(jsonLines: string): readonly unknown[] {
  const lines = jsonLines.trimEnd().split("\n");
  return lines.map((line) => (JSON.parse(line) as { readonly message: unknown }).message);
}

/** Runs two commands with a pipe between them. */
async function pipe(
  left: readonly string[],
  right: readonly string[],
): Promise<{ readonly codes: readonly unknown[]; readonly stderr: string }> {
  const reader = spawn(process.execPath, [batonCommand, ...right], { stdio: ["pipe", "ignore", "pipe"] });
  const writer = spawn(process.execPath, [batonCommand, ...left], { stdio: ["ignore", reader.stdin, "pipe"] });
  reader.stdin.destroy();
  let stderr = "";
  for (const stream of [writer.stderr, reader.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
  }
  const codes = await Promise.all([writer, reader].map(async (child) => (await once(child, "close"))[0] as unknown));
  return { codes, stderr };
}
