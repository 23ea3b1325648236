import { configure } from "@baton/sdk";
import { Cluster } from "../support/cluster.ts";
import { findMongoServer, howToGetAServer } from "../support/mongo-server.ts";
import type { Project } from "../support/project.ts";
import { createBenchProject } from "./bench-project.ts";
import { BenchStore, printStoreCost, type StoreChoice, type StoreCost } from "./bench-store.ts";
import { CpuWatch, processesOf } from "./cpu-watch.ts";
import { type Figure, figureOf, ratiosOf } from "./figure.ts";
import { checkStore, executeRuns } from "./load.ts";

const runCount = 4_000;

/** Measures the coordinator's CPU of a run on SQLite and on MongoDB, alternately, and what a run costs MongoDB. */
export async function benchMongo(dir: string, rounds: number): Promise<readonly Figure[]> {
  const server = await findMongoServer();
  if (server === undefined) {
    console.log(`There is ${howToGetAServer}.`);
    return [];
  }
  console.log(server.kind);
  try {
    return await compare(dir, { type: "mongo", server }, rounds);
  } finally {
    await server.stop();
  }
}

async function compare(dir: string, mongo: StoreChoice, rounds: number): Promise<readonly Figure[]> {
  await using onSqlite = await Measured.start(dir, { type: "sqlite" });
  await using onMongo = await Measured.start(dir, mongo);
  // The first round warms up.
  for (let round = 0; round <= rounds; round += 1) {
    for (const one of [onSqlite, onMongo]) await one.measure(round > 0);
  }
  for (const one of [onSqlite, onMongo]) await one.check();
  const { costs } = onMongo;
  printStoreCost(costs.at(-1));
  return [
    figureOf(10, "coordinator_cpu_a_run_on_sqlite_us", onSqlite.cpuUs),
    figureOf(10, "coordinator_cpu_a_run_on_mongodb_us", onMongo.cpuUs),
    figureOf(10, "coordinator_cpu_on_mongodb_to_sqlite_ratio", ratiosOf(onMongo.cpuUs, onSqlite.cpuUs)),
    figureOf(
      10,
      "mongodb_requests_a_run",
      costs.map(({ requests }) => requests),
    ),
    figureOf(
      10,
      "mongodb_bytes_a_run",
      costs.map(({ answerBytes, requestBytes }) => requestBytes + answerBytes),
    ),
  ];
}

/** A cluster on one kind of store, with its measurements of each round. */
class Measured implements AsyncDisposable {
  readonly cpuUs: number[] = [];
  readonly costs: StoreCost[] = [];
  readonly #project: Project;
  readonly #store: BenchStore;
  readonly #cluster: Cluster;
  readonly #expected = new Map<string, unknown>();

  private constructor(project: Project, store: BenchStore, cluster: Cluster) {
    this.#project = project;
    this.#store = store;
    this.#cluster = cluster;
  }

  static async start(dir: string, choice: StoreChoice): Promise<Measured> {
    const project = await createBenchProject(dir);
    const store = await BenchStore.make(choice, project.dir);
    return new Measured(project, store, await Cluster.start({ projectDir: project.dir, store: store.address }));
  }

  /** Executes runs, and keeps what they cost. */
  async measure(isKept: boolean): Promise<void> {
    configure({ coordinator: this.#cluster.address });
    const watch = new CpuWatch(processesOf(this.#cluster));
    const cost = this.#store.count();
    await executeRuns(this.#cluster, { count: runCount, expected: this.#expected });
    if (!isKept) return;
    this.cpuUs.push(watch.perRun(runCount).byName.get("coordinator") ?? Number.NaN);
    const perRun = cost(runCount);
    if (perRun !== undefined) this.costs.push(perRun);
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
