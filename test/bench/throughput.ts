import { configure } from "@baton/sdk";
import { Cluster } from "../support/cluster.ts";
import { createBenchProject } from "./bench-project.ts";
import { BenchStore, printStoreCost, type StoreChoice } from "./bench-store.ts";
import { CpuWatch, processesOf } from "./cpu-watch.ts";
import { checkStore, executeRuns, type Rates } from "./load.ts";

/** Number of triggered and checked runs. */
const runCount = 20_000;
/** Runs before the measurement, so that code and threads are warm. */
const warmUpCount = 5_000;

/** Triggers runs through the SDK, waits until all have ended, and checks every output in the reopened store. */
export async function benchThroughput(dir: string, choice: StoreChoice): Promise<void> {
  await using project = await createBenchProject(dir);
  await using store = await BenchStore.make(choice, project.dir);
  await using cluster = await Cluster.start({ projectDir: project.dir, store: store.address });
  const expected = new Map<string, unknown>();
  configure({ coordinator: cluster.address });
  printRates("warm-up   ", warmUpCount, await executeRuns(cluster, { count: warmUpCount, expected }));
  const cpu = new CpuWatch(processesOf(cluster));
  const cost = store.count();
  printRates("measured  ", runCount, await executeRuns(cluster, { count: runCount, expected }));
  const perRun = cost(runCount);
  console.log(`CPU a run  ${cpu.perRun(runCount)}`);
  printStoreCost(perRun);
  await checkStore(cluster, store.directAddress, expected);
}

/** Prints how fast runs were triggered and executed. */
export function printRates(title: string, count: number, { runsPerSecond, triggersPerSecond }: Rates): void {
  const perSecond = (value: number) => `${Math.round(value).toLocaleString("en")}/s`;
  console.log(`${title} ${count} runs: ${perSecond(runsPerSecond)}, triggers alone ${perSecond(triggersPerSecond)}`);
}
