import assert from "node:assert/strict";
import { waitUntil } from "@baton/proto/testing/wait-until.test.support";
import { configure, type RetrievedRun, runs, tasks } from "@baton/sdk";
import { appendingTask, readAppended, startsByAttempt, triggerAppending } from "./appending-task.ts";
import { Cluster } from "./cluster.ts";
import { hostOf } from "./processes.ts";
import { Project } from "./project.ts";

/** Number of ordinary runs beside each hostile one. */
const besideCount = 20;

/** How a hostile run must end. */
export interface HostileEnd {
  readonly status: RetrievedRun["status"];
  /** The name of the run's error. */
  readonly code?: string;
  /** Whether the host may be lost, so that the runs beside the hostile one start again. @defaultValue false */
  readonly mayLoseHost?: boolean;
}

/** A runner with hostile tasks, and a check that they do not harm other runs. */
export class HostileCluster implements AsyncDisposable {
  readonly project: Project;
  readonly cluster: Cluster;

  private constructor(project: Project, cluster: Cluster) {
    this.project = project;
    this.cluster = cluster;
  }

  /** Starts a coordinator and a runner with these task files. */
  static async start(files: Readonly<Record<string, string>>): Promise<HostileCluster> {
    const project = await Project.create({ "trigger/append.ts": appendingTask, ...files });
    const runnerArgs = ["--concurrency", "30", "--memory", "64"];
    const cluster = await Cluster.start({ projectDir: project.dir, runnerArgs });
    configure({ coordinator: cluster.address });
    return new HostileCluster(project, cluster);
  }

  /** The process id of the current host for ordinary attempts. */
  get hostPid(): number {
    return hostOf(this.#runner.pid);
  }

  get #runner() {
    const [runner] = this.cluster.runners;
    assert.ok(runner);
    return runner;
  }

  /** The runner's log lines about lost and retired hosts. */
  get hostLog(): string {
    return this.#runner.stderr
      .split("\n")
      .filter((line) => line.includes("host lost") || line.includes("host retired"))
      .join("\n");
  }

  /** Executes a hostile task beside 20 ordinary runs of 1 to 3 s, and checks how all of them end. */
  async endures(taskId: string, payload: unknown, expected: HostileEnd): Promise<RetrievedRun> {
    const before = readAppended(this.project).length;
    const beside = await triggerAppending(this.project, besideCount);
    const ids = new Set(beside.map(({ id }) => id));
    const lines = () =>
      readAppended(this.project)
        .slice(before)
        .filter(({ runId }) => ids.has(runId));
    await waitUntil("every run beside it to start", () => {
      return new Set(lines().map(({ runId }) => runId)).size === besideCount;
    });
    const handle = await tasks.trigger(taskId, payload);
    const [hostile, ...ended] = await Promise.all([handle, ...beside].map(({ id }) => runs.poll(id)));
    assert.ok(hostile);
    assert.equal(hostile.status, expected.status, `${taskId}: ${hostile.error?.message}`);
    if (expected.code !== undefined) assert.equal(hostile.error?.name, expected.code, hostile.error?.message);
    for (const run of ended) {
      assert.equal(run.status, "COMPLETED", `${taskId}: a run beside it ended ${run.status}, ${run.error?.message}`);
      assert.equal(run.attemptCount, 1);
      const interrupted = run.attempts.filter(({ status }) => status === "INTERRUPTED").length;
      if (expected.mayLoseHost)
        assert.ok(interrupted <= 2, `${taskId}: ${run.id} was interrupted ${interrupted} times`);
      else assert.equal(interrupted, 0, `${taskId}: ${run.id} was interrupted\n${this.hostLog}`);
    }
    for (const [attemptId, starts] of startsByAttempt(lines())) assert.equal(starts, 1, `${attemptId} started twice`);
    if (!expected.mayLoseHost) {
      assert.equal(lines().filter(({ what }) => what === "start").length, besideCount, `${taskId}: starts on file`);
    }
    assert.ok(this.#runner.isRunning);
    return hostile;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.cluster[Symbol.asyncDispose]();
    await this.project[Symbol.asyncDispose]();
  }
}

/** Returns a task file with one task for each entry: its id and the source text of `run`. */
export function hostileTasks(tasksById: Readonly<Record<string, string>>, options = ""): string {
  const lines = Object.entries(tasksById).map(
    ([id, run]) => `export const ${id} = task({ id: "${id}", retry: { maxAttempts: 1 }, ${options} run: ${run} });`,
  );
  return [...imports, ...lines, ""].join("\n");
}

const imports = [
  'import childProcess from "node:child_process";',
  'import crypto from "node:crypto";',
  'import fs from "node:fs";',
  'import inspector from "node:inspector";',
  'import v8 from "node:v8";',
  'import { parentPort } from "node:worker_threads";',
  'import { task } from "@baton/sdk";',
  "const { execSync, spawn } = childProcess;",
  "const { pbkdf2, pbkdf2Sync } = crypto;",
  "const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));",
  "void [execSync, spawn, pbkdf2, pbkdf2Sync, fs, inspector, v8, parentPort, sleep];",
];
