import { createStore, type RunId } from "@baton/coordinator";
import type { RunServiceClient } from "@baton/proto";
import { configure, tasks } from "@baton/sdk";
import { Cluster } from "../support/cluster.ts";
import { cpuMsOf, hostOf } from "../support/processes.ts";
import { createBenchProject } from "./bench-project.ts";

/** Runs that are triggered and checked. */
const runCount = 20_000;
/** Triggers that one round of the client has on their way. */
const roundSize = 500;
/** Runs on one watch stream. */
const watchedPerStream = 10_000;

interface Payload {
  readonly n: number;
  readonly text: string;
}

/** Triggers runs through the SDK, watches them to their end, and checks every output and the store afterwards. */
export async function benchThroughput(dir: string): Promise<void> {
  await using project = await createBenchProject(dir);
  const cluster = await Cluster.start({ projectDir: project.dir });
  try {
    configure({ coordinator: cluster.address });
    await measure(cluster.runsClient, 1_000, "warm-up   ");
    const before = cpuOfAll(cluster);
    await measure(cluster.runsClient, runCount, "measured  ");
    const costs = cpuOfAll(cluster).map(([name, ms], index) => {
      const perRun = ((ms - (before[index]?.[1] ?? 0)) * 1000) / runCount;
      return `${name} ${perRun.toFixed(0)} µs`;
    });
    console.log(`CPU a run  ${costs.join(", ")}`);
  } finally {
    for (const runner of cluster.runners) await runner.kill("SIGTERM");
    await cluster.coordinator.kill("SIGTERM");
    await cluster[Symbol.asyncDispose]();
  }
  await checkStore(cluster.storeFile, runCount + 1_000);
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

async function measure(client: RunServiceClient, count: number, title: string): Promise<void> {
  const expected = new Map<string, Payload>();
  const ends = new EndWatcher(client, expected);
  const startedAt = performance.now();
  let triggered = 0;
  const triggerRound = async () => {
    while (triggered < count) {
      const first = triggered;
      triggered = Math.min(count, first + roundSize);
      const payloads = Array.from({ length: triggered - first }, (_, index) => payloadOf(first + index));
      const handles = await Promise.all(payloads.map((payload) => tasks.trigger("echo", payload)));
      for (const [index, handle] of handles.entries()) expected.set(handle.id, payloads[index] as Payload);
      ends.watch(handles.map((handle) => handle.id));
    }
  };
  await Promise.all([triggerRound(), triggerRound(), triggerRound(), triggerRound()]);
  const triggeredMs = performance.now() - startedAt;
  await ends.all(count);
  const totalMs = performance.now() - startedAt;
  const perSecond = (ms: number) => `${Math.round((count / ms) * 1000).toLocaleString("en")}/s`;
  console.log(`${title} ${count} runs: ${perSecond(totalMs)}, triggers alone ${perSecond(triggeredMs)}, outputs checked`);
}

function payloadOf(n: number): Payload {
  return { n, text: `payload number ${n}` };
}

/** Collects the ends of many runs and checks each output against its payload. */
class EndWatcher {
  readonly #client: RunServiceClient;
  readonly #expected: ReadonlyMap<string, Payload>;
  #stream: ReturnType<RunServiceClient["watchRuns"]> | undefined;
  #onStream = 0;
  #ended = 0;
  #error: Error | undefined;
  #wake: () => void = () => undefined;

  constructor(client: RunServiceClient, expected: ReadonlyMap<string, Payload>) {
    this.#client = client;
    this.#expected = expected;
  }

  watch(runIds: readonly string[]): void {
    if (this.#stream === undefined || this.#onStream + runIds.length > watchedPerStream) {
      this.#stream?.end();
      this.#onStream = 0;
      this.#stream = this.#client.watchRuns();
      this.#stream.on("data", ({ run }) => {
        if (run?.finishTime !== null && run !== null && run !== undefined) this.#onEnd(run.id, run.status, run.output);
      });
      this.#stream.on("error", (error: Error) => this.#fail(error));
    }
    this.#onStream += runIds.length;
    this.#stream.write({ add: runIds.map((runId) => ({ runId })) });
  }

  async all(count: number): Promise<void> {
    while (this.#ended < count && this.#error === undefined) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    this.#stream?.end();
    if (this.#error !== undefined) throw this.#error;
  }

  #onEnd(runId: string, status: string, output: string): void {
    const payload = this.#expected.get(runId);
    const wanted = payload && JSON.stringify({ n: payload.n * 2, text: payload.text });
    if (status !== "RUN_STATUS_COMPLETED" || output !== wanted) {
      this.#fail(new Error(`Run ${runId} ended ${status} with ${output}, expected ${wanted}.`));
    }
    this.#ended += 1;
    this.#wake();
  }

  #fail(error: Error): void {
    this.#error ??= error;
    this.#wake();
  }
}

async function checkStore(file: string, expectedRuns: number): Promise<void> {
  const store = createStore(`sqlite:${file}`, "prod");
  await store.open();
  let completed = 0;
  let before: { createdAt: number; id: RunId } | undefined;
  for (;;) {
    const runs = await store.listRuns({ statuses: ["completed"] }, before === undefined ? {} : { before }, 1_000);
    completed += runs.length;
    const last = runs.at(-1);
    if (last === undefined) break;
    before = { createdAt: last.createdAt, id: last.id };
  }
  await store.close();
  console.log(`store      reopened, ${completed} of ${expectedRuns} runs are COMPLETED in it`);
  if (completed !== expectedRuns) process.exitCode = 1;
}
