import { configure } from "@baton/sdk";
import { Cluster } from "../support/cluster.ts";
import { createBenchProject } from "./bench-project.ts";
import { CpuOfAll, measureRuns } from "./throughput.ts";

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
      const cpu = new CpuOfAll(cluster);
      await measureRuns(cluster, taskId, runCount, round === 0 ? `${title}, warm-up` : title, new Map());
      if (round > 0) console.log(`           CPU a run  ${cpu.perRun(runCount)}`);
    }
  }
}
