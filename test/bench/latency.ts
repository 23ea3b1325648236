import { configure, runs, tasks } from "@baton/sdk";
import { Cluster } from "../support/cluster.ts";
import { createBenchProject } from "./bench-project.ts";
import { BenchStore, printStoreCost, type StoreChoice } from "./bench-store.ts";
import { percentile } from "./statistics.ts";

/** Runs measured one after another. */
const runCount = 500;
/** Runs before the measurement. */
const warmUpCount = 50;

/** Measures the time from trigger to result for a caller: one run at a time, through the SDK. */
export async function benchLatency(dir: string, choice: StoreChoice): Promise<void> {
  await using project = await createBenchProject(dir);
  await using store = await BenchStore.make(choice, project.dir);
  await using cluster = await Cluster.start({ projectDir: project.dir, store: store.address });
  configure({ coordinator: cluster.address });
  const times: number[] = [];
  const cost = store.count();
  for (let n = 0; n < warmUpCount + runCount; n += 1) {
    const startedAt = performance.now();
    const handle = await tasks.trigger("echo", { n, text: "one at a time" });
    const run = await runs.poll(handle.id);
    if (run.status !== "COMPLETED") throw new Error(`Run ${handle.id} ended ${run.status}.`);
    if (n >= warmUpCount) times.push(performance.now() - startedAt);
  }
  const ms = (share: number) => `${percentile(times, share).toFixed(2)} ms`;
  console.log(`trigger → result, one at a time, ${runCount} runs: p50 ${ms(0.5)}, p99 ${ms(0.99)}, max ${ms(1)}`);
  printStoreCost(cost(warmUpCount + runCount));
}
