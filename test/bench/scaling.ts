import { once } from "node:events";
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { configure } from "@baton/sdk";
import { Cluster } from "../support/cluster.ts";
import { Project } from "../support/project.ts";
import { CpuWatch, processesOf } from "./cpu-watch.ts";
import { type Figure, figureOf, ratiosOf } from "./figure.ts";
import { checkStore, executeRuns } from "./load.ts";

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
export const busy = task({ id: "burn", machine: "micro", run: async ({ n }: { n: number }) => (burn() === 0.5 ? -1 : n) });
`,
  // It returns its result, and callers look at it, so that the loop is not optimized away.
  "burn.mjs": `export function burn() {
  let x = 1;
  for (let i = 0; i < ${iterations}; i += 1) x = (Math.imul(x, 1664525) + 1013904223) | 0;
  return x;
}
`,
  "ideal.mjs": `import { parentPort } from "node:worker_threads";
import { burn } from "./burn.mjs";
parentPort.on("message", (count) => {
  for (let n = 0; n < count; n += 1) if (burn() === 0.5) throw new Error();
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

/** A cluster with a store of its own, and the outputs that its runs must have. */
class Measured implements AsyncDisposable {
  readonly #cluster: Cluster;
  readonly #threads: number;
  readonly #expected = new Map<string, unknown>();

  private constructor(cluster: Cluster, threads: number) {
    this.#cluster = cluster;
    this.#threads = threads;
  }

  /** @param threads - of each runner */
  static async start(project: Project, name: string, threads: number, runners = 1): Promise<Measured> {
    const store = `sqlite:${project.path(".baton", `${name}.db`)}`;
    const runnerArgs = ["--concurrency", String(threads), "--memory", "64"];
    const cluster = await Cluster.start({ projectDir: project.dir, store, runnerArgs, runners });
    return new Measured(cluster, threads * runners);
  }

  /** Executes runs that wait, as many as all threads can in the measured time. */
  async executeWaiting(waitMs: 10 | 50): Promise<{ readonly runsPerSecond: number; readonly cpuUs: number }> {
    const count = Math.round((this.#threads * measuredMs) / waitMs);
    const watch = new CpuWatch(processesOf(this.#cluster));
    const runsPerSecond = await this.#execute(count, `wait-${waitMs}`);
    return { runsPerSecond, cpuUs: watch.perRun(count).total };
  }

  /** Returns the time in which `count` runs compute, in milliseconds. */
  async burnMs(count: number): Promise<number> {
    return (count * 1000) / (await this.#execute(count, "burn"));
  }

  async #execute(count: number, taskId: string): Promise<number> {
    configure({ coordinator: this.#cluster.address });
    const runs = { count, taskId, outputOf: (n: number) => n, expected: this.#expected };
    return (await executeRuns(this.#cluster, runs)).runsPerSecond;
  }

  async check(): Promise<void> {
    await checkStore(this.#cluster, this.#cluster.store, this.#expected);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#cluster[Symbol.asyncDispose]();
  }
}

async function compareRunners(project: Project, rounds: number): Promise<readonly Figure[]> {
  await using one = await Measured.start(project, "one", threadsOfRunner);
  await using four = await Measured.start(project, "four", threadsOfRunner, 4);
  const single: number[] = [];
  const together: number[] = [];
  // The first round warms up.
  for (let round = 0; round <= rounds; round += 1) {
    const byOne = await one.executeWaiting(10);
    const byFour = await four.executeWaiting(10);
    if (round === 0) continue;
    single.push(byOne.runsPerSecond);
    together.push(byFour.runsPerSecond);
    console.log(
      `waits of 10 ms, ${threadsOfRunner} threads a runner: one runner ${byOne.runsPerSecond.toFixed(0)} runs/s, ` +
        `four ${byFour.runsPerSecond.toFixed(0)} runs/s`,
    );
  }
  for (const cluster of [one, four]) await cluster.check();
  return [figureOf(5, "four_runners_to_one_ratio", ratiosOf(together, single), { atLeast: 3.6 })];
}

async function compareWithIdeal(project: Project, rounds: number): Promise<readonly Figure[]> {
  await using cluster = await Measured.start(project, "burn", cores);
  const workers = Array.from({ length: cores }, () => new Worker(project.path("ideal.mjs")));
  try {
    const ideal: number[] = [];
    const measured: number[] = [];
    for (let round = 0; round <= rounds; round += 1) {
      const plainMs = await idealMs(workers, computationsOfCore);
      const ownMs = await cluster.burnMs(computationsOfCore * cores);
      if (round === 0) continue;
      ideal.push(plainMs);
      measured.push(ownMs);
      console.log(
        `${cores} cores compute ${computationsOfCore * cores} times: plain threads ${plainMs.toFixed(0)} ms, runs ${ownMs.toFixed(0)} ms`,
      );
    }
    await cluster.check();
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

async function compareThreads(project: Project, rounds: number): Promise<readonly Figure[]> {
  await using few = await Measured.start(project, "few", 16);
  await using many = await Measured.start(project, "many", 64);
  const shortUs: number[] = [];
  const fewUs: number[] = [];
  const manyUs: number[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const short = await few.executeWaiting(10);
    const byFew = await few.executeWaiting(50);
    const byMany = await many.executeWaiting(50);
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
  for (const cluster of [few, many]) await cluster.check();
  return [
    figureOf(5, "cpu_a_run_with_64_threads_to_16_ratio", ratiosOf(manyUs, fewUs), { atMost: 1 }),
    figureOf(5, "cpu_a_run_that_waits_10_ms_us", shortUs, { atMost: 400 }),
  ];
}
