import { existsSync, statSync } from "node:fs";
import { waitUntil } from "@baton/proto/testing/wait-until.test.support";
import { configure } from "@baton/sdk";
import { Cluster } from "../support/cluster.ts";
import { Project } from "../support/project.ts";
import { BenchStore, type StoreChoice } from "./bench-store.ts";
import { settledMiB, triggerMany } from "./coordinator-load.ts";

const fewRuns = 1_000;
/** The rate of dispatch is measured over this many runs, or this many milliseconds when the runs take longer. */
const rateOver = { runs: 20_000, ms: 60_000 };

/**
 * Returns files of a project whose tasks each have their own queue, closed (`limit` 0) or open. Each run adds a byte to
 * a file.
 */
function projectFiles(queues: number, limit: 0 | undefined, file: string): Record<string, string> {
  const options = limit === 0 ? ", queue: { concurrencyLimit: 0 }" : "";
  const lines = Array.from(
    { length: queues },
    (_, index) => `export const t${index} = task({ id: "t${index}"${options}, run });`,
  );
  const head = [
    'import { openSync, writeSync } from "node:fs";',
    'import { task } from "@baton/sdk";',
    `const file = openSync(${JSON.stringify(file)}, "a");`,
    'const run = async () => { writeSync(file, "."); };',
  ];
  return { "trigger/many.ts": [...head, ...lines, ""].join("\n") };
}

/** The combinations that the bench of the backlog measures. */
export interface BacklogOptions {
  readonly manyRuns: number;
  /** Numbers of queues. */
  readonly queues: readonly number[];
  /** `queued`, `delayed`. */
  readonly kinds: readonly string[];
}

/**
 * Measures the resident memory of a coordinator with few and with many queued or delayed runs, how soon dispatch begins
 * after everything was killed, and how fast it is then.
 */
export async function benchBacklogWithRunner(dir: string, choice: StoreChoice, options: BacklogOptions): Promise<void> {
  console.log("runs       queues  kind     resident  restart → first run  dispatch");
  for (const queues of options.queues) {
    for (const kind of options.kinds) {
      for (const count of [fewRuns, options.manyRuns]) await measure(dir, choice, { count, queues, kind });
    }
  }
}

async function measure(
  dir: string,
  choice: StoreChoice,
  { count, kind, queues }: { readonly count: number; readonly queues: number; readonly kind: string },
): Promise<void> {
  await using project = await Project.create({}, dir);
  const file = project.path("dispatched");
  for (const [path, text] of Object.entries(projectFiles(queues, 0, file))) await project.write(path, text);
  await using store = await BenchStore.make(choice, project.dir);
  await using cluster = await Cluster.start({ projectDir: project.dir, store: store.address });
  configure({ coordinator: cluster.address });
  await triggerMany(count, queues, kind === "delayed" ? "2h" : undefined);
  const resident = await settledMiB(cluster.coordinator.pid);
  const restarted = kind === "queued" ? await restart(project, cluster, queues, file) : undefined;
  const rate = restarted === undefined ? undefined : await dispatchRate(file, Math.min(count, rateOver.runs));
  console.log(
    [
      count.toLocaleString("en").padEnd(10),
      String(queues).padEnd(7),
      kind.padEnd(8),
      `${resident.toFixed(0)} MB`.padEnd(9),
      (restarted === undefined ? "-" : `${restarted.toFixed(0)} ms`).padEnd(20),
      rate === undefined ? "-" : `${Math.round(rate).toLocaleString("en")} runs/s`,
    ].join(" "),
  );
}

/** Kills everything and starts it again with open queues. Returns the time until the first run executes. */
async function restart(project: Project, cluster: Cluster, queues: number, file: string): Promise<number> {
  await cluster.coordinator.kill("SIGKILL");
  for (const runner of cluster.runners.splice(0)) await runner.kill("SIGKILL");
  for (const [path, text] of Object.entries(projectFiles(queues, undefined, file))) await project.write(path, text);
  cluster.addRunner();
  const startedAt = performance.now();
  cluster.restartCoordinator();
  // Reads the file, because repeated calls would burden the measured store.
  await waitUntil("the first run to execute", () => countExecuted(file) > 0, 300_000, 2);
  return performance.now() - startedAt;
}

/** Returns the rate of executed runs per second, until `count` have executed or the time is over. */
async function dispatchRate(file: string, count: number): Promise<number> {
  const before = countExecuted(file);
  const startedAt = performance.now();
  const until = startedAt + rateOver.ms;
  const isOver = () => countExecuted(file) >= count || performance.now() > until;
  await waitUntil("the runs to execute", isOver, rateOver.ms * 2, 5);
  return ((countExecuted(file) - before) / (performance.now() - startedAt)) * 1_000;
}

function countExecuted(file: string): number {
  return existsSync(file) ? statSync(file).size : 0;
}
