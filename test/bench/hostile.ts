import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { services } from "@baton/proto";
import { configure, runs, tasks } from "@baton/sdk";
import { status } from "@grpc/grpc-js";
import { Cluster } from "../support/cluster.ts";
import { MemoryWatch, RawClient } from "../support/raw-client.ts";
import { createBenchProject } from "./bench-project.ts";
import type { HostileMix } from "./hostile-mix.ts";
import { percentile } from "./statistics.ts";

const clients = 50;
const durationMs = 120_000;
/** How long the good client is alone before the attacks, in milliseconds. */
const aloneMs = 10_000;
const largeRuns = 60;
const mebibyte = 1024 * 1024;
const token = "the-token-of-this-bench";

/** Measures how 50 hostile clients affect one good client and the coordinator's memory within two minutes. */
export async function benchHostile(dir: string): Promise<void> {
  await using project = await createBenchProject(dir);
  await project.write("token.txt", `${token}\n`);
  const tokenArgs = ["--token-file", project.path("token.txt")];
  await using cluster = await Cluster.start({
    projectDir: project.dir,
    coordinatorArgs: tokenArgs,
    runnerArgs: tokenArgs,
    token,
  });
  configure({ coordinator: cluster.address, token });
  const mix = await prepare(cluster.address);
  const alone = await goodClient(Date.now() + aloneMs);
  printRow("alone", alone);
  using memory = new MemoryWatch(cluster.coordinator.pid);
  const worker = new Worker(new URL("hostile-mix.js", import.meta.url), { workerData: mix });
  const attacked = once(worker, "message");
  const beside = await goodClient(Date.now() + durationMs);
  printRow(`beside ${clients}`, beside);
  const [counts] = (await attacked) as [Readonly<Record<string, number>>];
  for (const [name, count] of Object.entries(counts)) console.log(`${String(count).padStart(6)} times  ${name}`);
  console.log(`coordinator: at most ${memory.peakAboveIdleMiB} MiB above what it held before`);
  await sleep(1_000);
  printRow("afterwards", await goodClient(Date.now() + aloneMs));
}

/** Triggers large runs of an unregistered task, and one with a long log. */
async function prepare(address: string): Promise<HostileMix> {
  await using client = new RawClient(address, token);
  const { Trigger } = services.run;
  const { AppendLogs } = services.log;
  const call = async (path: string, bytes: Buffer) => {
    const end = await client.call(path, bytes);
    if (end.status !== status.OK) throw new Error(`The preparation failed: ${JSON.stringify(end)}`);
  };
  const largeRunIds = Array.from({ length: largeRuns }, (_, index) => `run_large${String(index).padStart(8, "0")}`);
  const payload = JSON.stringify("x".repeat(mebibyte));
  for (const runId of largeRunIds) {
    await call(Trigger.path, Trigger.requestSerialize({ item: { taskId: "nobody", payload, runId } }));
  }
  const [loggedRunId = ""] = largeRunIds;
  for (let index = 0; index < 20; index += 1) {
    const entry = { message: "y".repeat(10_000), level: "LOG_LEVEL_LOG", attemptNumber: 1, attemptId: `a${index}` };
    const entries = Array.from({ length: 50 }, () => ({ ...entry, level: "LOG_LEVEL_LOG" as const }));
    await call(AppendLogs.path, AppendLogs.requestSerialize({ runs: [{ runId: loggedRunId, entries }] }));
  }
  return { address, token, clients, durationMs, largeRunIds, loggedRunId };
}

interface Times {
  readonly result: number[];
  readonly read: number[];
}

/** Triggers runs one after another, and measures the time to each result and of one read. */
async function goodClient(until: number): Promise<Times> {
  const times: Times = { result: [], read: [] };
  for (let n = 0; Date.now() < until; n += 1) {
    const startedAt = performance.now();
    const { id } = await tasks.trigger("echo", { n, text: "one at a time" });
    const run = await runs.poll(id);
    if (run.status !== "COMPLETED") throw new Error(`Run ${id} ended ${run.status}.`);
    const endedAt = performance.now();
    await runs.retrieve(id);
    times.result.push(endedAt - startedAt);
    times.read.push(performance.now() - endedAt);
  }
  return times;
}

function printRow(title: string, { read, result }: Times): void {
  const cell = (values: readonly number[]) =>
    [0.5, 0.99, 1].map((share) => `${percentile(values, share).toFixed(1)} ms`.padStart(10)).join("");
  console.log(`${title.padEnd(12)} ${result.length} runs; p50, p99, max: result ${cell(result)}; read ${cell(read)}`);
}
