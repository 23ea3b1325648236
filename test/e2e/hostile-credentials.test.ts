import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { chmodSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { configure, runs, tasks } from "@baton/sdk";
import { Cluster } from "../support/cluster.ts";
import { Project } from "../support/project.ts";

/**
 * The beginning of this test's tokens. Task code searches for it with more characters, so that it does not find its own
 * pattern.
 */
const mark = "credential-of-the-runner-";

/** Searches every place that task code can reach in the runner's processes for a token. */
const taskFile = `import { closeSync, openSync, readdirSync, readFileSync, readlinkSync, readSync } from "node:fs";
import inspector from "node:inspector";
import { workerData } from "node:worker_threads";
import { task } from "@baton/sdk";

const token = new RegExp(["credential", "of", "the", "runner", "[0-9a-f]{32}"].join("-"), "g");

const places: Record<string, () => string | Promise<string>> = {
  environment: () => JSON.stringify(process.env),
  "own environment": () => readFileSync("/proc/self/environ", "latin1"),
  "the runner's environment": () => readFileSync("/proc/" + process.ppid + "/environ", "latin1"),
  arguments: () => JSON.stringify([process.argv, process.execArgv, process.execPath, process.title]),
  "own command line": () => readFileSync("/proc/self/cmdline", "latin1"),
  "the runner's command line": () => readFileSync("/proc/" + process.ppid + "/cmdline", "latin1"),
  report: () => JSON.stringify(process.report.getReport()),
  "open files": () => readdirSync("/proc/self/fd").map((fd) => {
    try { return readlinkSync("/proc/self/fd/" + fd); } catch { return ""; }
  }).join(),
  "worker data": () => JSON.stringify(workerData ?? null),
  "the main thread": async () => {
    const session = new inspector.Session() as any;
    session.connectToMainThread();
    const expression = "JSON.stringify([process.env, process.argv, process.execArgv, Object.keys(globalThis)])";
    return new Promise<string>((resolve, reject) => session.post("Runtime.evaluate", { expression }, (error: unknown, answer: any) =>
      error ? reject(error) : resolve(String(answer.result.value))));
  },
  "the host's memory": () => {
    const found: string[] = [];
    const memory = openSync("/proc/self/mem", "r");
    const chunk = Buffer.alloc(4 * 1024 * 1024);
    for (const line of readFileSync("/proc/self/maps", "utf8").split("\\n")) {
      const [, from = "", to = "", readable] = /^([0-9a-f]+)-([0-9a-f]+) (r?)/.exec(line) ?? [];
      if (readable !== "r") continue;
      const end = BigInt("0x" + to);
      // Each piece begins a little before the end of the last one, so that nothing lies across two of them.
      for (let at = BigInt("0x" + from); at < end; at += BigInt(chunk.length - 100)) {
        let length = 0;
        try { length = readSync(memory, chunk, 0, Math.min(chunk.length, Number(end - at)), at as never); } catch { break; }
        if (chunk.subarray(0, length).indexOf(["credential", "of", "the", "runner"].join("-")) === -1) continue;
        found.push(...(chunk.toString("latin1", 0, length).match(token) ?? []));
      }
    }
    closeSync(memory);
    return found.join();
  },
};

export const search = task({
  id: "search",
  retry: { maxAttempts: 1 },
  run: async () => {
    const searched: Record<string, { length: number; tokens: number }> = {};
    for (const [place, read] of Object.entries(places)) {
      const text = await read();
      searched[place] = { length: text.length, tokens: (text.match(token) ?? []).length };
    }
    return searched;
  },
});

export const known = task({
  id: "known",
  retry: { maxAttempts: 1 },
  run: async (payload: { secret: string }) => (await places["the host's memory"]!()).includes(payload.secret),
});
`;

describe("the credentials of a runner", () => {
  const secret = `${mark}${randomBytes(16).toString("hex")}`;
  let project: Project;
  let cluster: Cluster;

  before(async () => {
    project = await Project.create({ "trigger/search.ts": taskFile, "token.txt": `${secret}\n` });
    chmodSync(project.path("token.txt"), 0o600);
    const tokenFile = ["--token-file", project.path("token.txt")];
    cluster = await Cluster.start({
      projectDir: project.dir,
      coordinatorArgs: tokenFile,
      runnerArgs: tokenFile,
      token: secret,
    });
    configure({ coordinator: cluster.address, token: secret });
  });
  after(async () => {
    await cluster?.[Symbol.asyncDispose]();
    await project?.[Symbol.asyncDispose]();
  });

  test("are nowhere in what task code can search", async () => {
    const run = await runs.poll((await tasks.trigger("search", undefined)).id);
    assert.equal(run.status, "COMPLETED", run.error?.message);
    const searched = Object.entries(run.output as Record<string, { length: number; tokens: number }>);
    assert.equal(searched.length, 11);
    for (const [place, { tokens }] of searched) assert.equal(tokens, 0, place);
    assert.ok(searched.some(([place, { length }]) => place === "report" && length > 1_000));
  });

  test("would have been found by that search", async () => {
    const planted = `${mark}${randomBytes(16).toString("hex")}`;
    const run = await runs.poll((await tasks.trigger("known", { secret: planted })).id);
    assert.deepEqual([run.status, run.output], ["COMPLETED", true], run.error?.message);
  });

  test("are read again when the coordinator asks for others, without a new runner", async () => {
    const [runner] = cluster.runners;
    const replaced = `${mark}${randomBytes(16).toString("hex")}`;
    await project.write("token.txt", `${replaced}\n`);
    await cluster.coordinator.kill("SIGTERM");
    await cluster.restartCoordinator().prints("coordinator serves");
    configure({ coordinator: cluster.address, token: replaced });
    const run = await runs.poll((await tasks.trigger("known", { secret: replaced })).id);
    assert.equal(run.status, "COMPLETED", run.error?.message);
    assert.ok(runner?.isRunning);
  });
});
