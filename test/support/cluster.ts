import type { ListTasksResponse__Output, RunServiceClient } from "@baton/proto";
import { CoordinatorChannel } from "@baton/proto/client/channel";
import { waitUntil } from "@baton/proto/testing/wait-until.test.support";
import { findFreePort, Service } from "./service.ts";
import { makeTestStore, type TestStore } from "./test-store.ts";

/** A coordinator and its runners as separate processes that communicate over TCP, with their default configuration. */
export class Cluster implements AsyncDisposable {
  readonly projectDir: string;
  /** The address of the store. */
  readonly store: string;
  readonly port: number;
  coordinator: Service;
  readonly runners: Service[] = [];
  readonly #coordinatorArgs: readonly string[];
  readonly #runnerArgs: readonly string[];
  readonly #coordinatorEnv: NodeJS.ProcessEnv;
  readonly #channel: CoordinatorChannel;
  #testStore: TestStore | undefined;
  readonly runsClient: RunServiceClient;

  private constructor(
    projectDir: string,
    store: string,
    port: number,
    options: {
      coordinatorArgs?: readonly string[];
      coordinatorEnv?: NodeJS.ProcessEnv;
      runnerArgs?: readonly string[];
      token?: string;
    },
  ) {
    this.projectDir = projectDir;
    this.store = store;
    this.port = port;
    this.#coordinatorArgs = options.coordinatorArgs ?? [];
    this.#runnerArgs = options.runnerArgs ?? [];
    this.#coordinatorEnv = options.coordinatorEnv ?? {};
    this.coordinator = this.#spawnCoordinator();
    this.#channel = new CoordinatorChannel(this.address, { token: options.token, profile: "runner" });
    this.runsClient = this.#channel.client("run");
  }

  /** Starts a coordinator and one runner, and waits until the runner has registered its tasks. */
  static async start(options: {
    projectDir: string;
    /** The address of the store; absent for a new store of the kind on which the tests run. */
    store?: string;
    coordinatorArgs?: readonly string[];
    /** Settings that have no flag. */
    coordinatorEnv?: NodeJS.ProcessEnv;
    runnerArgs?: readonly string[];
    /** The token, when the coordinator's arguments name a token file. */
    token?: string;
    runners?: number;
  }): Promise<Cluster> {
    const testStore = options.store === undefined ? await makeTestStore(options.projectDir) : undefined;
    const store = options.store ?? testStore?.address ?? "";
    const cluster = new Cluster(options.projectDir, store, await findFreePort(), options);
    cluster.#testStore = testStore;
    try {
      for (let count = 0; count < (options.runners ?? 1); count += 1) cluster.addRunner();
      if (options.runners !== 0) await cluster.runnersReady(options.runners ?? 1);
      return cluster;
    } catch (error) {
      // The caller has no cluster to dispose of, and its processes would keep the test alive.
      await cluster[Symbol.asyncDispose]();
      throw error;
    }
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  #spawnCoordinator(): Service {
    const args = ["coordinator", "--listen", this.address, "--store", this.store];
    return new Service([...args, ...this.#coordinatorArgs], { cwd: this.projectDir, env: this.#coordinatorEnv });
  }

  /** Starts the coordinator again, on the same store and port. */
  restartCoordinator(): Service {
    this.coordinator = this.#spawnCoordinator();
    return this.coordinator;
  }

  addRunner(projectDir = this.projectDir): Service {
    const args = ["runner", "--coordinator", this.address, "--dir", projectDir];
    const runner = new Service([...args, ...this.#runnerArgs], { cwd: projectDir });
    this.runners.push(runner);
    return runner;
  }

  /**
   * Resolves when a task is registered and `count` runners that have it are connected.
   * @param taskId - any task by default; it may be that of a runner whose end the coordinator has not noticed yet
   */
  async runnersReady(count = 1, taskId?: string): Promise<void> {
    await waitUntil("runners with registered tasks", async () => {
      for (const service of [this.coordinator, ...this.runners]) {
        if (!service.isRunning) throw new Error(`A process ended too early:\n${service.stdout}${service.stderr}`);
      }
      const { tasks } = await this.listTasks().catch(() => ({ tasks: [] }));
      const isWanted = (id: string | undefined) => taskId === undefined || taskId === id;
      return tasks.some(({ definition, runnerCount }) => isWanted(definition?.id) && runnerCount >= count);
    });
  }

  listTasks(): Promise<ListTasksResponse__Output> {
    return new Promise((resolve, reject) => {
      this.#channel
        .client("task")
        .listTasks({}, this.#channel.metadata, (error, response) =>
          error || response === undefined ? reject(error ?? new Error("no answer")) : resolve(response),
        );
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#channel.close();
    await Promise.all([...this.runners, this.coordinator].map((service) => service.kill("SIGKILL")));
    await this.#testStore?.remove();
  }
}
