import { createStore, type RunId } from "@baton/coordinator";
import type { RunStatus } from "@baton/proto";
import { configure, tasks } from "@baton/sdk";
import { Cluster } from "../support/cluster.ts";
import { cpuMsOf, hostOf } from "../support/processes.ts";
import { waitUntil } from "../support/wait-until.ts";
import { createBenchProject } from "./bench-project.ts";

/** Runs that are triggered and checked. */
const runCount = 20_000;
/** Triggers that one round of the client has on their way. */
const roundSize = 500;
/** Rounds on their way at once. */
const roundsAtOnce = 4;
/** Runs before the measurement, so that code and threads are warm. */
const warmUpCount = 5_000;
const unfinished = ["RUN_STATUS_QUEUED", "RUN_STATUS_DEQUEUED", "RUN_STATUS_EXECUTING"] satisfies RunStatus[];

interface Payload {
  readonly n: number;
  readonly text: string;
}

/** Triggers runs through the SDK, waits until all have ended, and checks every output in the reopened store. */
export async function benchThroughput(dir: string): Promise<void> {
  await using project = await createBenchProject(dir);
  const cluster = await Cluster.start({ projectDir: project.dir });
  const expected = new Map<string, Payload>();
  try {
    configure({ coordinator: cluster.address });
    await measure(cluster, warmUpCount, "warm-up   ", expected);
    const before = cpuOfAll(cluster);
    await measure(cluster, runCount, "measured  ", expected);
    const costs = cpuOfAll(cluster).map(([name, ms], index) => {
      const perRun = ((ms - (before[index]?.[1] ?? 0)) * 1000) / runCount;
      return `${name} ${perRun.toFixed(0)} µs`;
    });
    console.log(`CPU a run  ${costs.join(", ")}`);
    for (const runner of cluster.runners) await runner.kill("SIGTERM");
    await cluster.coordinator.kill("SIGTERM");
  } finally {
    await cluster[Symbol.asyncDispose]();
  }
  await checkStore(cluster.store, expected);
}

/** CPU time so far of every process that takes part. */
function cpuOfAll(cluster: Cluster): [name: string, ms: number][] {
  const runner = cluster.runners[0]?.pid ?? 0;
  const processes: [string, number][] = [
    ["client", process.pid],
    ["coordinator", cluster.coordinator.pid],
    ["runner", runner],
    ["host with threads", hostOf(runner)],
  ];
  return processes.map(([name, pid]) => [name, cpuMsOf(pid)]);
}

async function measure(cluster: Cluster, count: number, title: string, expected: Map<string, Payload>): Promise<void> {
  const startedAt = performance.now();
  let triggered = 0;
  const triggerRounds = async () => {
    while (triggered < count) {
      const first = triggered;
      triggered = Math.min(count, first + roundSize);
      const payloads = Array.from({ length: triggered - first }, (_, index) => payloadOf(first + index));
      const handles = await Promise.all(payloads.map((payload) => tasks.trigger("echo", payload)));
      for (const [index, handle] of handles.entries()) expected.set(handle.id, payloads[index] as Payload);
    }
  };
  await Promise.all(Array.from({ length: roundsAtOnce }, triggerRounds));
  const triggeredMs = performance.now() - startedAt;
  await waitUntil("every run to end", async () => (await countUnfinished(cluster)) === 0, 120_000, 20);
  const totalMs = performance.now() - startedAt;
  const perSecond = (ms: number) => `${Math.round((count / ms) * 1000).toLocaleString("en")}/s`;
  console.log(`${title} ${count} runs: ${perSecond(totalMs)}, triggers alone ${perSecond(triggeredMs)}`);
}

function payloadOf(n: number): Payload {
  return { n, text: `payload number ${n}` };
}

/** How many runs, of the first few, have not ended. */
function countUnfinished(cluster: Cluster): Promise<number> {
  return new Promise((resolve, reject) => {
    cluster.runsClient.listRuns({ statuses: unfinished, pageSize: 1 }, (error, response) =>
      error || response === undefined ? reject(error ?? new Error("no answer")) : resolve(response.runs.length),
    );
  });
}

async function checkStore(address: string, expected: ReadonlyMap<string, Payload>): Promise<void> {
  const store = createStore(address, "prod");
  await store.open();
  const runIds = [...expected.keys()] as RunId[];
  let correct = 0;
  for (let at = 0; at < runIds.length; at += 500) {
    for (const { output, run } of await store.findRuns(runIds.slice(at, at + 500), true)) {
      const payload = expected.get(run.id);
      const wanted = payload && JSON.stringify({ n: payload.n * 2, text: payload.text });
      if (run.status === "completed" && output === wanted) correct += 1;
    }
  }
  await store.close();
  console.log(`store      reopened, ${correct} of ${expected.size} runs are COMPLETED with the right output`);
  if (correct !== expected.size) process.exitCode = 1;
}
