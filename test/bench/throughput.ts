import { createStore } from "@baton/coordinator";
import type { RunStatus } from "@baton/proto";
import type { RunId } from "@baton/proto/contract/ids";
import { waitUntil } from "@baton/proto/testing/wait-until.test.support";
import { configure, tasks } from "@baton/sdk";
import { Cluster } from "../support/cluster.ts";
import { cpuMsOf, hostOf } from "../support/processes.ts";
import { createBenchProject } from "./bench-project.ts";
import { BenchStore, type StoreChoice } from "./bench-store.ts";

/** Number of triggered and checked runs. */
const runCount = 20_000;
/** Concurrent triggers in one round of the client. */
const roundSize = 500;
/** Concurrent rounds. */
const roundsAtOnce = 4;
/** Runs before the measurement, so that code and threads are warm. */
const warmUpCount = 5_000;
const unfinished = ["RUN_STATUS_QUEUED", "RUN_STATUS_DEQUEUED", "RUN_STATUS_EXECUTING"] satisfies RunStatus[];

/** The payload of a run in the bench. */
export interface Payload {
  readonly n: number;
  readonly text: string;
}

/** Triggers runs through the SDK, waits until all have ended, and checks every output in the reopened store. */
export async function benchThroughput(dir: string, choice: StoreChoice): Promise<void> {
  await using project = await createBenchProject(dir);
  await using store = await BenchStore.make(choice, project.dir);
  const cluster = await Cluster.start({ projectDir: project.dir, store: store.address });
  const expected = new Map<string, Payload>();
  try {
    configure({ coordinator: cluster.address });
    await measureRuns(cluster, "echo", warmUpCount, "warm-up   ", expected);
    const cpu = new CpuOfAll(cluster);
    const cost = store.count();
    await measureRuns(cluster, "echo", runCount, "measured  ", expected);
    const perRun = cost(runCount);
    console.log(`CPU a run  ${cpu.perRun(runCount)}`);
    if (perRun !== undefined) console.log(`store, a run: ${perRun}`);
    for (const runner of cluster.runners) await runner.kill("SIGTERM");
    await cluster.coordinator.kill("SIGTERM");
  } finally {
    await cluster[Symbol.asyncDispose]();
  }
  await checkStore(store.directAddress, expected);
}

/** Measures the processor time of all processes since its creation. */
export class CpuOfAll {
  readonly #cluster: Cluster;
  readonly #before: readonly (readonly [name: string, ms: number])[];

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
    this.#before = this.#read();
  }

  perRun(count: number): string {
    const now = new Map(this.#read());
    return this.#before
      .map(([name, ms]) => `${name} ${((((now.get(name) ?? ms) - ms) * 1000) / count).toFixed(0)} µs`)
      .join(", ");
  }

  #read(): readonly (readonly [name: string, ms: number])[] {
    const runner = this.#cluster.runners[0]?.pid ?? 0;
    const processes = [
      ["client", process.pid],
      ["coordinator", this.#cluster.coordinator.pid],
      ["runner", runner],
      ["host with threads", hostOf(runner)],
    ] as const;
    return processes.map(([name, pid]) => [name, cpuMsOf(pid)]);
  }
}

/** Triggers `count` runs of a task, waits for their ends, and prints the rate per second. */
export async function measureRuns(
  cluster: Cluster,
  taskId: string,
  count: number,
  title: string,
  expected: Map<string, Payload>,
): Promise<void> {
  const startedAt = performance.now();
  let triggered = 0;
  const triggerRounds = async () => {
    while (triggered < count) {
      const first = triggered;
      triggered = Math.min(count, first + roundSize);
      const payloads = Array.from({ length: triggered - first }, (_, index) => payloadOf(first + index));
      const handles = await Promise.all(payloads.map((payload) => tasks.trigger(taskId, payload)));
      for (const [index, handle] of handles.entries()) expected.set(handle.id, payloads[index] as Payload);
    }
  };
  await Promise.all(Array.from({ length: roundsAtOnce }, triggerRounds));
  const triggeredMs = performance.now() - startedAt;
  await waitUntil("every run to end", async () => !(await hasUnfinished(cluster)), 120_000, 20);
  const totalMs = performance.now() - startedAt;
  const perSecond = (ms: number) => `${Math.round((count / ms) * 1000).toLocaleString("en")}/s`;
  console.log(`${title} ${count} runs: ${perSecond(totalMs)}, triggers alone ${perSecond(triggeredMs)}`);
}

function payloadOf(n: number): Payload {
  return { n, text: `payload number ${n}` };
}

/** Whether a run is unfinished. */
function hasUnfinished(cluster: Cluster): Promise<boolean> {
  return new Promise((resolve, reject) => {
    cluster.runsClient.listRuns({ statuses: unfinished, pageSize: 1 }, (error, response) =>
      error || response === undefined ? reject(error ?? new Error("no answer")) : resolve(response.runs.length > 0),
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
