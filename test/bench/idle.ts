import { setTimeout as sleep } from "node:timers/promises";
import { waitUntil } from "@baton/proto/testing/wait-until.test.support";
import { configure, resolveAddress, runs, tasks } from "@baton/sdk";
import { Cluster } from "../support/cluster.ts";
import { cpuMsOf, residentMiBOf } from "../support/processes.ts";
import { Service } from "../support/service.ts";
import { createBenchProject } from "./bench-project.ts";
import { processesOf } from "./cpu-watch.ts";
import { type Figure, figureOf } from "./figure.ts";
import { executeRuns, payloadOf } from "./load.ts";

/** Runs before the idle minute, so that code is loaded and threads exist. */
const runCount = 500;
const settleMs = 5_000;
const idleMs = 60_000;

/** Measures CPU and memory of each process in an idle minute, and how soon `baton dev` in a new project has a result. */
export async function benchIdle(dir: string, rounds: number): Promise<readonly Figure[]> {
  return [...(await measureIdle(dir)), await measureColdStart(dir, rounds)];
}

async function measureIdle(dir: string): Promise<readonly Figure[]> {
  await using project = await createBenchProject(dir);
  await using cluster = await Cluster.start({ projectDir: project.dir });
  configure({ coordinator: cluster.address });
  await executeRuns(cluster, { count: runCount });
  await sleep(settleMs);
  const processes = processesOf(cluster).filter(([name]) => name !== "client");
  const before = processes.map(([, pid]) => cpuMsOf(pid));
  const startedAt = performance.now();
  await sleep(idleMs);
  const elapsedMs = performance.now() - startedAt;
  return processes.flatMap(([name, pid], index) => {
    const percent = ((cpuMsOf(pid) - (before[index] ?? 0)) * 100) / elapsedMs;
    const [process = ""] = name.split(" ");
    return [
      figureOf(8, `idle_${process}_cpu_percent`, [percent], { atMost: 0.5 }),
      figureOf(8, `idle_${process}_mib`, [residentMiBOf(pid)], { atMost: 120 }),
    ];
  });
}

async function measureColdStart(dir: string, rounds: number): Promise<Figure> {
  const seconds: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    await using project = await createBenchProject(dir);
    const startedAt = performance.now();
    await using dev = new Service(["dev", "--listen", "127.0.0.1:0"], { cwd: project.dir });
    await waitUntil("baton dev to show its task", () => dev.stdout.includes("trigger/echo.ts"), 60_000, 2);
    const { coordinator, token } = resolveAddress({}, {}, project.dir);
    configure({ coordinator, ...(token !== undefined && { token }) });
    const { id } = await tasks.trigger("echo", payloadOf(round));
    await runs.poll(id);
    seconds.push((performance.now() - startedAt) / 1000);
    await dev.kill("SIGINT");
  }
  return figureOf(8, "dev_start_to_first_result_s", seconds, { atMost: 1 });
}
