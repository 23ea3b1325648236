import { waitUntil } from "@baton/proto/testing/wait-until.test.support";
import { configure, runs, tasks } from "@baton/sdk";
import { appendedFile, appendingTask, type Line, readAppended } from "../support/appending-task.ts";
import { Cluster } from "../support/cluster.ts";
import { hostileTasks } from "../support/hostile-cluster.ts";
import { hostOf, isAlive } from "../support/processes.ts";
import { Project } from "../support/project.ts";
import { percentile } from "./statistics.ts";

/** Number of aborts of each kind. */
const abortsPerKind = 15;
/** Number of killed runners. */
const killedRunners = 15;
/** Number of running runs at each abort. */
const bystanderCount = 20;

/**
 * Measures how long after an abort of their host runs execute again, with and without a report that names the culprit.
 */
export async function benchRecovery(dir: string): Promise<void> {
  await using project = await Project.create(
    {
      "trigger/append.ts": appendingTask,
      "trigger/abort.ts": hostileTasks(
        { array: "async () => { 'a'.repeat(3e8).split(''); }", loop: "async () => { for (;;); }" },
        'machine: "micro",',
      ),
    },
    dir,
  );
  await using cluster = await Cluster.start({
    projectDir: project.dir,
    runnerArgs: ["--concurrency", "32", "--memory", "64"],
  });
  configure({ coordinator: cluster.address });
  const [runner] = cluster.runners;
  if (runner === undefined) throw new Error("There is no runner.");
  const bench = new Recovery(project, runner.pid);
  console.log("abort                          aborts  bystanders  p50      p99      max");
  await bench.measure("one huge array, with a report", async () => {
    await tasks.trigger("array", null);
  });
  await bench.measure("SIGKILL from outside", async (host) => void process.kill(host, "SIGKILL"));
  await measureOrphans(cluster);
}

/** Measures how long a host with a thread in a loop outlives its killed runner. */
async function measureOrphans(cluster: Cluster): Promise<void> {
  for (const runner of cluster.runners.splice(0)) await runner.kill("SIGTERM");
  const times: number[] = [];
  for (let round = 0; round < killedRunners; round += 1) {
    const runner = cluster.addRunner();
    await cluster.runnersReady();
    const { id } = await tasks.trigger("loop", null);
    await waitUntil("the loop to begin", async () => (await runs.retrieve(id)).status === "EXECUTING");
    const host = hostOf(runner.pid);
    const killedAt = performance.now();
    await runner.kill("SIGKILL");
    await waitUntil("the host to be gone", () => !isAlive(host), 30_000, 1);
    times.push(performance.now() - killedAt);
    cluster.runners.splice(0);
    await runs.cancel(id);
  }
  const ms = (share: number) => `${percentile(times, share).toFixed(0)} ms`;
  console.log(`runner killed, its host gone: ${killedRunners} times, p50 ${ms(0.5)}, p99 ${ms(0.99)}, max ${ms(1)}`);
}

class Recovery {
  readonly #project: Project;
  readonly #runnerPid: number;

  constructor(project: Project, runnerPid: number) {
    this.#project = project;
    this.#runnerPid = runnerPid;
  }

  async measure(title: string, abort: (hostPid: number) => Promise<void>): Promise<void> {
    const times: number[] = [];
    for (let round = 0; round < abortsPerKind; round += 1) times.push(...(await this.#round(abort)));
    const cell = (share: number) => `${percentile(times, share).toFixed(0)} ms`.padEnd(8);
    const aborts = String(abortsPerKind).padEnd(7);
    console.log(
      `${title.padEnd(30)} ${aborts} ${String(times.length).padEnd(11)} ${cell(0.5)} ${cell(0.99)} ${cell(1)}`,
    );
  }

  /** Returns the times from the end of the host until each of its runs starts again, in milliseconds. */
  async #round(abort: (hostPid: number) => Promise<void>): Promise<number[]> {
    const file = appendedFile(this.#project);
    const handles = await Promise.all(
      Array.from({ length: bystanderCount }, () => tasks.trigger("append", { file, ms: 60_000 })),
    );
    const ids = new Set(handles.map(({ id }) => id));
    await waitUntil("the bystanders to start", () => startsOf(this.#project, ids).size === bystanderCount);
    const host = hostOf(this.#runnerPid);
    await abort(host);
    await waitUntil("the host to be gone", () => this.#isGone(host), 30_000, 1);
    const abortedAt = performance.now();
    const again = new Map<string, number>();
    await waitUntil(
      "every bystander to start again",
      () => {
        const sinceMs = performance.now() - abortedAt;
        for (const [runId, starts] of startsOf(this.#project, ids)) {
          if (starts > 1 && !again.has(runId)) again.set(runId, sinceMs);
        }
        return again.size === bystanderCount;
      },
      150_000,
      5,
    );
    for (const { id } of handles) await runs.cancel(id);
    return [...again.values()];
  }

  #isGone(host: number): boolean {
    try {
      return hostOf(this.#runnerPid) !== host;
    } catch {
      return true;
    }
  }
}

/** Returns how often each of these runs has started. */
function startsOf(project: Project, ids: ReadonlySet<string>): Map<string, number> {
  const starts = new Map<string, number>();
  const isStart = ({ runId, what }: Line) => what === "start" && ids.has(runId);
  for (const { runId } of readAppended(project).filter(isStart)) starts.set(runId, (starts.get(runId) ?? 0) + 1);
  return starts;
}
