import { once } from "node:events";
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { configure } from "@baton/sdk";
import { Cluster } from "../support/cluster.ts";
import { Project } from "../support/project.ts";
import { CpuWatch, processesOf } from "./cpu-watch.ts";
import { type Figure, figureOf, ratiosOf } from "./figure.ts";
import { executeRuns } from "./load.ts";

const cores = availableParallelism();
/** Threads of each runner when runners are compared: few, so that four runners do not need all cores. */
const threadsOfRunner = 4;
/** Iterations of the pure computation of one run, some 50 ms. */
const iterations = 40_000_000;
/** Computations of each core in a measurement. */
const computationsOfCore = 24;
/** How long a measurement of waiting runs takes when nothing disturbs it. */
const measuredMs = 1_500;

const files = {
  "trigger/tasks.ts": `import { task } from "@baton/sdk";
import { burn } from "../burn.mjs";
const wait = (ms: number) => async ({ n }: { n: number }) => {
  await new Promise((resolve) => setTimeout(resolve, ms));
  return n;
};
export const short = task({ id: "wait-10", machine: "micro", run: wait(10) });
export const long = task({ id: "wait-50", machine: "micro", run: wait(50) });
export const busy = task({ id: "burn", machine: "micro", run: async () => burn() });
`,
  // It returns its result, so that the loop is not optimized away.
  "burn.mjs": `export function burn() {
  let x = 1;
  for (let i = 0; i < ${iterations}; i += 1) x = (Math.imul(x, 1664525) + 1013904223) | 0;
  return x;
}
`,
  "ideal.mjs": `import { parentPort } from "node:worker_threads";
import { burn } from "./burn.mjs";
parentPort.on("message", (count) => {
  for (let n = 0; n < count; n += 1) burn();
  parentPort.postMessage("done");
});
`,
};

/** Measures waiting tasks with more runners and more threads, and computing tasks against plain worker threads. */
export async function benchScaling(dir: string, rounds: number): Promise<readonly Figure[]> {
  await using project = await Project.create(files, dir);
  return [
    ...(await compareRunners(project, rounds)),
    ...(await compareWithIdeal(project, rounds)),
    ...(await compareThreads(project, rounds)),
  ];
}

async function startCluster(project: Project, name: string, threads: number, runners = 1): Promise<Cluster> {
  const store = `sqlite:${project.path(".baton", `${name}.db`)}`;
  const runnerArgs = ["--concurrency", String(threads), "--memory", "64"];
  return await Cluster.start({ projectDir: project.dir, store, runnerArgs, runners });
}

/** Executes runs that wait, as many as these threads can in the measured time. Returns runs per second and CPU of a run. */
async function executeWaiting(
  cluster: Cluster,
  waitMs: 10 | 50,
  threads: number,
): Promise<{ readonly runsPerSecond: number; readonly cpuUs: number }> {
  configure({ coordinator: cluster.address });
  const count = Math.round((threads * measuredMs) / waitMs);
  const watch = new CpuWatch(processesOf(cluster));
  const { runsPerSecond } = await executeRuns(cluster, { count, taskId: `wait-${waitMs}` });
  return { runsPerSecond, cpuUs: watch.perRun(count).total };
}

async function compareRunners(project: Project, rounds: number): Promise<readonly Figure[]> {
  await using one = await startCluster(project, "one", threadsOfRunner);
  await using four = await startCluster(project, "four", threadsOfRunner, 4);
  const single: number[] = [];
  const together: number[] = [];
  // The first round warms up.
  for (let round = 0; round <= rounds; round += 1) {
    const byOne = await executeWaiting(one, 10, threadsOfRunner);
    const byFour = await executeWaiting(four, 10, 4 * threadsOfRunner);
    if (round === 0) continue;
    single.push(byOne.runsPerSecond);
    together.push(byFour.runsPerSecond);
    console.log(
      `waits of 10 ms, ${threadsOfRunner} threads a runner: one runner ${byOne.runsPerSecond.toFixed(0)} runs/s, ` +
        `four ${byFour.runsPerSecond.toFixed(0)} runs/s`,
    );
  }
  return [figureOf(5, "four_runners_to_one_ratio", ratiosOf(together, single), { atLeast: 3.6 })];
}

async function compareWithIdeal(project: Project, rounds: number): Promise<readonly Figure[]> {
  await using cluster = await startCluster(project, "burn", cores);
  const workers = Array.from({ length: cores }, () => new Worker(project.path("ideal.mjs")));
  try {
    configure({ coordinator: cluster.address });
    const ideal: number[] = [];
    const measured: number[] = [];
    for (let round = 0; round <= rounds; round += 1) {
      const [plainMs, ownMs] = [
        await idealMs(workers, computationsOfCore),
        await burnMs(cluster, computationsOfCore * cores),
      ];
      if (round === 0) continue;
      ideal.push(plainMs);
      measured.push(ownMs);
      console.log(
        `${cores} cores compute ${computationsOfCore * cores} times: plain threads ${plainMs.toFixed(0)} ms, runs ${ownMs.toFixed(0)} ms`,
      );
    }
    return [figureOf(5, "computing_runs_to_ideal_ratio", ratiosOf(ideal, measured), { atLeast: 0.95 })];
  } finally {
    for (const worker of workers) await worker.terminate();
  }
}

/** Returns the time in which plain worker threads compute, each `count` times. */
async function idealMs(workers: readonly Worker[], count: number): Promise<number> {
  const startedAt = performance.now();
  const ends = workers.map((worker) => once(worker, "message"));
  for (const worker of workers) worker.postMessage(count);
  await Promise.all(ends);
  return performance.now() - startedAt;
}

async function burnMs(cluster: Cluster, count: number): Promise<number> {
  const startedAt = performance.now();
  await executeRuns(cluster, { count, taskId: "burn" });
  return performance.now() - startedAt;
}

async function compareThreads(project: Project, rounds: number): Promise<readonly Figure[]> {
  await using few = await startCluster(project, "few", 16);
  await using many = await startCluster(project, "many", 64);
  const shortUs: number[] = [];
  const fewUs: number[] = [];
  const manyUs: number[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const short = await executeWaiting(few, 10, 16);
    const byFew = await executeWaiting(few, 50, 16);
    const byMany = await executeWaiting(many, 50, 64);
    if (round === 0) continue;
    shortUs.push(short.cpuUs);
    fewUs.push(byFew.cpuUs);
    manyUs.push(byMany.cpuUs);
    console.log(
      `CPU a run: waits of 10 ms, 16 threads, ${short.cpuUs.toFixed(0)} µs at ${short.runsPerSecond.toFixed(0)} runs/s; ` +
        `of 50 ms, 16 threads, ${byFew.cpuUs.toFixed(0)} µs at ${byFew.runsPerSecond.toFixed(0)} runs/s; ` +
        `64 threads, ${byMany.cpuUs.toFixed(0)} µs at ${byMany.runsPerSecond.toFixed(0)} runs/s`,
    );
  }
  return [
    figureOf(5, "cpu_a_run_with_64_threads_to_16_ratio", ratiosOf(manyUs, fewUs), { atMost: 1 }),
    figureOf(5, "cpu_a_run_that_waits_10_ms_us", shortUs, { atMost: 400 }),
  ];
}
