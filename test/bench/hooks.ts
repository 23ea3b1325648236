import { configure } from "@baton/sdk";
import { Cluster } from "../support/cluster.ts";
import { createBenchProject } from "./bench-project.ts";
import { CpuWatch, processesOf } from "./cpu-watch.ts";
import { executeRuns } from "./load.ts";
import { printRates } from "./throughput.ts";

const runCount = 10_000;
const rounds = 3;

/** Measures runs without hooks and with all of them, alternately on one cluster. */
export async function benchHooks(dir: string): Promise<void> {
  await using project = await createBenchProject(dir);
  await using cluster = await Cluster.start({ projectDir: project.dir });
  configure({ coordinator: cluster.address });
  for (let round = 0; round <= rounds; round += 1) {
    for (const [title, taskId] of [
      ["no hooks ", "echo"],
      ["all hooks", "hooked"],
    ] as const) {
      const cpu = new CpuWatch(processesOf(cluster));
      const rates = await executeRuns(cluster, { count: runCount, taskId });
      printRates(round === 0 ? `${title}, warm-up` : title, runCount, rates);
      if (round > 0) console.log(`           CPU a run  ${cpu.perRun(runCount)}`);
    }
  }
}
