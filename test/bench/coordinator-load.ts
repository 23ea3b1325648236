import { createStore } from "@baton/coordinator";
import type { RunId } from "@baton/proto/contract/ids";
import type { TaskDefinition } from "@baton/proto/contract/task-definition";
import { waitUntil } from "@baton/proto/testing/wait-until.test.support";
import { configure, tasks } from "@baton/sdk";
import { Cluster } from "../support/cluster.ts";
import { cpuMsOf } from "../support/processes.ts";
import { Project } from "../support/project.ts";
import { residentMiB } from "../support/raw-client.ts";
import { BenchStore, type StoreChoice } from "./bench-store.ts";
import { RawRunners } from "./raw-runners.ts";

/** Concurrent triggers in one round of the client, and concurrent rounds. */
const roundSize = 500;
const roundsAtOnce = 4;
/** How long the first assignment, or all of them, may take. */
const patienceMs = 600_000;

/** What a coordinator has to do. */
export interface Load {
  /** Queues, used in turn by the tasks; the tasks are used in turn by the runs. */
  readonly queues: number;
  readonly tasks: number;
  /** The concurrency limit of each queue; absent: none. */
  readonly limit?: number;
  /** Runs that are triggered and taken in one round. */
  readonly runs: number;
}

/** What one round showed. Processor time is that of the coordinator, user and system. */
export interface LoadFigures {
  readonly triggersPerSecond: number;
  readonly triggerCpuUs: number;
  readonly dispatchesPerSecond: number;
  readonly dispatchCpuUs: number;
  /** From the start of the killed coordinator's successor to the first assignment. */
  readonly restartMs: number;
  readonly restartCpuMs: number;
  /** Resident memory while all runs are queued, and the most during the dispatch. */
  readonly queuedMiB: number;
  readonly dispatchMiB: number;
}

/** A store with a coordinator whose runners only confirm what they get. */
export class LoadedCoordinator implements AsyncDisposable {
  readonly load: Load;
  readonly #project: Project;
  readonly #store: BenchStore;

  private constructor(load: Load, project: Project, store: BenchStore) {
    this.load = load;
    this.#project = project;
    this.#store = store;
  }

  static async create(dir: string, choice: StoreChoice, load: Load): Promise<LoadedCoordinator> {
    const project = await Project.create({}, dir);
    return new LoadedCoordinator(load, project, await BenchStore.make(choice, project.dir));
  }

  /** Triggers runs that stay queued. */
  async fill(count: number): Promise<void> {
    await using cluster = await this.#start();
    await triggerMany(count, this.load.tasks);
    await cluster.coordinator.kill("SIGTERM");
  }

  /**
   * Triggers the runs through the SDK while no runner is connected, kills the coordinator, starts it again, and takes as
   * many runs as were triggered.
   *
   * @throws Error when a run was delivered twice, or one is not completed in the reopened store
   */
  async round(): Promise<LoadFigures> {
    const { runs, tasks: taskCount } = this.load;
    await using cluster = await this.#start();
    const triggers = new Stretch(cluster.coordinator.pid);
    await triggerMany(runs, taskCount);
    const triggered = triggers.end(runs);
    const queuedMiB = await settledMiB(cluster.coordinator.pid);
    await cluster.coordinator.kill("SIGKILL");

    const restartedAt = performance.now();
    const { pid } = cluster.restartCoordinator();
    using runners = this.#makeRunners(cluster);
    await runners.connect();
    await waitUntil("the first assignment", () => runners.firstAt !== undefined, patienceMs, 5);
    const restartMs = (runners.firstAt ?? Number.NaN) - restartedAt;
    const restartCpuMs = cpuMsOf(pid);
    const dispatches = new Stretch(pid);
    const before = runners.delivered.size;
    let dispatchMiB = 0;
    const areDelivered = () => {
      dispatchMiB = Math.max(dispatchMiB, residentMiB(pid));
      return runners.delivered.size >= runs;
    };
    await waitUntil("the runs to be delivered", areDelivered, patienceMs, 5);
    const dispatched = dispatches.end(runners.delivered.size - before);
    await runners.drain();
    await cluster.coordinator.kill("SIGTERM");
    await this.#check([...runners.delivered] as RunId[], runners.repeated);
    return {
      triggersPerSecond: triggered.perSecond,
      triggerCpuUs: triggered.cpuUs,
      dispatchesPerSecond: dispatched.perSecond,
      dispatchCpuUs: dispatched.cpuUs,
      restartMs,
      restartCpuMs,
      queuedMiB,
      dispatchMiB,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#store[Symbol.asyncDispose]();
    await this.#project[Symbol.asyncDispose]();
  }

  /** Starts a coordinator in which the tasks are registered, and makes it that of the SDK. */
  async #start(): Promise<Cluster> {
    const cluster = await Cluster.start({ projectDir: this.#project.dir, store: this.#store.address, runners: 0 });
    await cluster.coordinator.prints("coordinator serves");
    await this.#makeRunners(cluster).register();
    configure({ coordinator: cluster.address });
    return cluster;
  }

  #makeRunners(cluster: Cluster): RawRunners {
    return new RawRunners(cluster.address, definitionsOf(this.load));
  }

  async #check(delivered: readonly RunId[], repeated: number): Promise<void> {
    const store = createStore(this.#store.directAddress, "prod");
    await store.open();
    let completed = 0;
    for (let at = 0; at < delivered.length; at += 1_000) {
      const found = await store.findRuns(delivered.slice(at, at + 1_000), false);
      completed += found.filter(({ run }) => run.status === "completed").length;
    }
    await store.close();
    if (repeated === 0 && completed === delivered.length) return;
    throw new Error(`Of ${delivered.length} delivered runs, ${completed} are completed; ${repeated} came again.`);
  }
}

/** Measures the rate of something, and a process's processor time for it. */
class Stretch {
  readonly #pid: number;
  readonly #startedAt = performance.now();
  readonly #cpuMs: number;

  constructor(pid: number) {
    this.#pid = pid;
    this.#cpuMs = cpuMsOf(pid);
  }

  end(count: number): { readonly perSecond: number; readonly cpuUs: number } {
    const seconds = (performance.now() - this.#startedAt) / 1_000;
    return { perSecond: count / seconds, cpuUs: ((cpuMsOf(this.#pid) - this.#cpuMs) * 1_000) / count };
  }
}

/** Prints the figures of one round. */
export function printLoadFigures(title: string, figures: LoadFigures): void {
  const rate = (perSecond: number, cpuUs: number) =>
    `${Math.round(perSecond).toLocaleString("en").padStart(6)}/s (${cpuUs.toFixed(0)} µs)`;
  const { dispatchMiB, queuedMiB, restartCpuMs, restartMs } = figures;
  console.log(
    `${title.padEnd(32)} triggers ${rate(figures.triggersPerSecond, figures.triggerCpuUs)}, ` +
      `dispatch ${rate(figures.dispatchesPerSecond, figures.dispatchCpuUs)}, ` +
      `restart ${restartMs.toFixed(0)} ms (CPU ${restartCpuMs} ms), ` +
      `resident ${queuedMiB.toFixed(0)} MB, dispatching ${dispatchMiB.toFixed(0)} MB`,
  );
}

/** Triggers runs of the tasks in turn. */
export async function triggerMany(count: number, taskCount: number, delay?: string): Promise<void> {
  let triggered = 0;
  const triggerRounds = async () => {
    while (triggered < count) {
      const first = triggered;
      triggered = Math.min(count, first + roundSize);
      const round = Array.from({ length: triggered - first }, (_, index) =>
        tasks.trigger(`t${(first + index) % taskCount}`, { n: first + index }, delay === undefined ? {} : { delay }),
      );
      await Promise.all(round);
    }
  };
  await Promise.all(Array.from({ length: roundsAtOnce }, triggerRounds));
}

/** Returns resident memory after the garbage of triggering had time to be collected. */
export async function settledMiB(pid: number): Promise<number> {
  let lowest = residentMiB(pid);
  const until = Date.now() + 4_000;
  await waitUntil("memory to settle", () => {
    lowest = Math.min(lowest, residentMiB(pid));
    return Date.now() > until;
  });
  return lowest;
}

function definitionsOf({ limit, queues, tasks: count }: Load): TaskDefinition[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `t${index}`,
    filePath: "trigger/many.ts",
    exportName: `t${index}`,
    queue: `q${index % queues}`,
    ...(limit !== undefined && { concurrencyLimit: limit }),
    machine: "micro",
    retry: { maxAttempts: 3, factor: 2, minTimeoutMs: 1_000, maxTimeoutMs: 10_000, randomize: true },
  }));
}
