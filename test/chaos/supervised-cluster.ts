import { setTimeout as sleep } from "node:timers/promises";
import type { RunStatus } from "@baton/proto";
import { Cluster } from "../support/cluster.ts";

const unfinished = [
  "RUN_STATUS_DELAYED",
  "RUN_STATUS_PENDING_VERSION",
  "RUN_STATUS_QUEUED",
  "RUN_STATUS_DEQUEUED",
  "RUN_STATUS_EXECUTING",
  "RUN_STATUS_REATTEMPTING",
] satisfies RunStatus[];

/** A process that ended without being killed, although the store answered when it started. */
export interface UnexpectedEnd {
  readonly what: "coordinator" | "runner";
  readonly code: number | null;
  readonly output: string;
}

/** A cluster whose processes are restarted when they end, as an orchestrator does. */
export class SupervisedCluster implements AsyncDisposable {
  readonly unexpectedEnds: UnexpectedEnd[] = [];
  readonly #cluster: Cluster;
  #isKilled = false;
  #isOver = false;
  #supervision: Promise<void>;

  private constructor(cluster: Cluster) {
    this.#cluster = cluster;
    this.#supervision = this.#supervise();
  }

  static async start(options: {
    readonly projectDir: string;
    readonly store: string;
    readonly runners: number;
  }): Promise<SupervisedCluster> {
    const runnerArgs = ["--concurrency", "8", "--memory", "16"];
    return new SupervisedCluster(await Cluster.start({ ...options, runnerArgs }));
  }

  get address(): string {
    return this.#cluster.address;
  }

  /** Returns the process id of a runner; runners count from 0. */
  runnerPid(runner: number): number {
    return this.#cluster.runners[runner]?.pid ?? 0;
  }

  /** Kills the coordinator. Another one starts by itself. */
  async killCoordinator(): Promise<void> {
    this.#isKilled = true;
    await this.#cluster.coordinator.kill("SIGKILL");
  }

  /** Resolves when a coordinator serves, or after a minute without one. */
  async serving(): Promise<void> {
    for (const until = Date.now() + 60_000; Date.now() < until; await sleep(50)) {
      if (this.#isKilled) continue;
      const answer = await this.#cluster.listTasks().catch(() => undefined);
      if (answer !== undefined) return;
    }
  }

  /** Resolves when every run has ended, also runs that no caller knows, or after a minute. */
  async idle(): Promise<void> {
    for (const until = Date.now() + 60_000; Date.now() < until; await sleep(100)) {
      if ((await this.#hasUnfinished()) === false) return;
    }
  }

  /** Stops every process gracefully. */
  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#supervision;
    await Promise.all(this.#cluster.runners.map((runner) => runner.kill("SIGTERM")));
    await this.#cluster.coordinator.kill("SIGTERM");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    await this.#supervision;
    await this.#cluster[Symbol.asyncDispose]();
  }

  /** Whether a run is unfinished; undefined while no coordinator answers. */
  #hasUnfinished(): Promise<boolean | undefined> {
    return new Promise((resolve) => {
      this.#cluster.runsClient.listRuns({ statuses: unfinished, pageSize: 1 }, (error, response) =>
        resolve(error === null && response !== undefined ? response.runs.length > 0 : undefined),
      );
    });
  }

  async #supervise(): Promise<void> {
    for (; !this.#isOver; await sleep(50)) {
      const { coordinator, runners } = this.#cluster;
      if (!coordinator.isRunning) {
        if (!this.#isKilled) this.#note("coordinator", coordinator);
        this.#isKilled = false;
        this.#cluster.restartCoordinator();
      }
      for (const [index, runner] of runners.entries()) {
        if (runner.isRunning) continue;
        this.#note("runner", runner);
        runners[index] = this.#cluster.addRunner();
        runners.pop();
      }
    }
  }

  #note(what: UnexpectedEnd["what"], { process, stderr, stdout }: Cluster["coordinator"]): void {
    const output = stdout + stderr;
    if (what === "coordinator" && /^error: .*\[STORE_UNAVAILABLE\]/m.test(output)) return;
    this.unexpectedEnds.push({ what, code: process.exitCode, output: output.slice(-2_000) });
  }
}
