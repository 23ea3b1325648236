import { configure, runs, tasks } from "@baton/sdk";
import { Cluster } from "../support/cluster.ts";
import type { Project } from "../support/project.ts";
import { createBenchProject } from "./bench-project.ts";
import { BenchStore, type StoreChoice, type StoreCost } from "./bench-store.ts";
import { type CpuPerRun, CpuWatch, processesOf } from "./cpu-watch.ts";
import { checkStore, echoOf, executeRuns, payloadOf } from "./load.ts";
import type { Peer } from "./peer.ts";

/** Baton with its default settings: a coordinator, a runner with its host and worker threads, and the SDK here. */
export class BatonPeer implements Peer, AsyncDisposable {
  readonly name = "baton";
  readonly #project: Project;
  readonly #store: BenchStore;
  readonly #cluster: Cluster;
  readonly #expected = new Map<string, unknown>();

  private constructor(project: Project, store: BenchStore, cluster: Cluster) {
    this.#project = project;
    this.#store = store;
    this.#cluster = cluster;
  }

  /** @param threads - the runner's concurrency; absent for its default */
  static async start(dir: string, choice: StoreChoice, threads?: number): Promise<BatonPeer> {
    const project = await createBenchProject(dir);
    const store = await BenchStore.make(choice, project.dir);
    const runnerArgs = threads === undefined ? [] : ["--concurrency", String(threads)];
    const cluster = await Cluster.start({ projectDir: project.dir, store: store.address, runnerArgs });
    return new BatonPeer(project, store, cluster);
  }

  /** Executes runs. Also returns what a run cost the store, where that is counted. */
  async executeMany(
    count: number,
  ): Promise<{ readonly runsPerSecond: number; readonly cpu: CpuPerRun; readonly storeCost: StoreCost | undefined }> {
    configure({ coordinator: this.#cluster.address });
    const watch = new CpuWatch(processesOf(this.#cluster));
    const cost = this.#store.count();
    const { runsPerSecond } = await executeRuns(this.#cluster, { count, expected: this.#expected });
    return { runsPerSecond, cpu: watch.perRun(count), storeCost: cost(count) };
  }

  async executeOneByOne(count: number): Promise<number[]> {
    configure({ coordinator: this.#cluster.address });
    const times: number[] = [];
    for (let n = 0; n < count; n += 1) {
      const payload = payloadOf(n);
      const startedAt = performance.now();
      const { id } = await tasks.trigger("echo", payload);
      await runs.poll(id);
      times.push(performance.now() - startedAt);
      this.#expected.set(id, echoOf(payload));
    }
    return times;
  }

  async check(): Promise<void> {
    await checkStore(this.#cluster, this.#store.directAddress, this.#expected);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#cluster[Symbol.asyncDispose]();
    await this.#store[Symbol.asyncDispose]();
    await this.#project[Symbol.asyncDispose]();
  }
}
