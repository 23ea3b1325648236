import { readFileSync } from "node:fs";
import type { RunStatus } from "@baton/proto";
import { configure, tasks } from "@baton/sdk";
import { Cluster } from "../support/cluster.ts";
import { Project } from "../support/project.ts";
import { waitUntil } from "../support/wait-until.ts";

const fewRuns = 1_000;
const manyRuns = 100_000;
const manyQueues = 5_000;
const roundSize = 1_000;
const dispatched = ["RUN_STATUS_COMPLETED", "RUN_STATUS_EXECUTING", "RUN_STATUS_DEQUEUED"] satisfies RunStatus[];

/** A project whose tasks each have a queue of their own, closed (`limit` 0) or open. */
function projectFiles(queues: number, limit: 0 | undefined): Record<string, string> {
  const options = limit === 0 ? ", queue: { concurrencyLimit: 0 }" : "";
  const lines = Array.from(
    { length: queues },
    (_, index) => `export const t${index} = task({ id: "t${index}"${options}, run: async () => ${index} });`,
  );
  return { "trigger/many.ts": `import { task } from "@baton/sdk";\n\n${lines.join("\n")}\n` };
}

function residentMb(pid: number): number {
  const [, kb = "0"] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kb) / 1024;
}

async function triggerMany(count: number, queues: number, delay: string | undefined): Promise<void> {
  for (let first = 0; first < count; first += roundSize) {
    const round = Array.from({ length: roundSize }, (_, index) =>
      tasks.trigger(`t${(first + index) % queues}`, { n: first + index }, delay === undefined ? {} : { delay }),
    );
    await Promise.all(round);
  }
}

/** Resident memory with many queued or delayed runs beside few, and how soon dispatch begins after a restart. */
export async function benchBacklog(dir: string): Promise<void> {
  console.log("runs      queues  kind     resident   with 1,000  difference  restart → dispatch");
  for (const queues of [1, manyQueues]) {
    for (const kind of ["queued", "delayed"] as const) await measure(dir, queues, kind);
  }
}

async function measure(dir: string, queues: number, kind: "queued" | "delayed"): Promise<void> {
  await using project = await Project.create(projectFiles(queues, 0), dir);
  await using cluster = await Cluster.start({ projectDir: project.dir });
  configure({ coordinator: cluster.address });
  const delay = kind === "delayed" ? "2h" : undefined;
  await triggerMany(fewRuns, queues, delay);
  const few = await settledMb(cluster.coordinator.pid);
  await triggerMany(manyRuns - fewRuns, queues, delay);
  const many = await settledMb(cluster.coordinator.pid);
  const restartMs = kind === "queued" ? await restart(project, cluster, queues) : undefined;
  console.log(
    [
      manyRuns.toLocaleString("en").padEnd(9),
      String(queues).padEnd(7),
      kind.padEnd(8),
      `${many.toFixed(0)} MB`.padEnd(10),
      `${few.toFixed(0)} MB`.padEnd(11),
      `${(many - few).toFixed(0)} MB`.padEnd(11),
      restartMs === undefined ? "-" : `${restartMs.toFixed(0)} ms`,
    ].join(" "),
  );
}

/** Memory after the garbage of the triggering had a moment to go. */
async function settledMb(pid: number): Promise<number> {
  let lowest = residentMb(pid);
  const until = Date.now() + 4_000;
  await waitUntil("memory to settle", () => {
    lowest = Math.min(lowest, residentMb(pid));
    return Date.now() > until;
  });
  return lowest;
}

/** Everything is killed and started again with open queues; the time until the first run is given to a runner. */
async function restart(project: Project, cluster: Cluster, queues: number): Promise<number> {
  await cluster.coordinator.kill("SIGKILL");
  for (const runner of cluster.runners.splice(0)) await runner.kill("SIGKILL");
  const files = projectFiles(queues, undefined);
  for (const [path, text] of Object.entries(files)) await project.write(path, text);
  cluster.addRunner();
  const startedAt = performance.now();
  cluster.restartCoordinator();
  const list = (statuses: RunStatus[]) =>
    new Promise<number>((resolve) => {
      cluster.runsClient.listRuns({ statuses, pageSize: 1 }, (error, response) =>
        resolve(error || response === undefined ? 0 : response.runs.length),
      );
    });
  await waitUntil("the first dispatch", () => list(dispatched), 60_000, 10);
  return performance.now() - startedAt;
}
