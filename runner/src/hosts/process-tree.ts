import { readdirSync, readFileSync } from "node:fs";

/** A process that is to be ended. */
export interface ProcessToEnd {
  readonly pid: number;
  /** Its whole group ends with it. */
  readonly leadsGroup: boolean;
}

/** A tree that is larger, or that grows while it is read, is not followed any further. */
const processesAtMost = 10_000;

/** Ends processes and, where the system lists children of processes as Linux does, everything that they started. */
export function endTrees(roots: readonly ProcessToEnd[]): void {
  // Read before one ends, because children of a process that is gone are nobody's.
  const descendants = roots.flatMap(({ pid }) => descendantsOf(pid));
  for (const { leadsGroup, pid } of roots) if (!leadsGroup || !kill(-pid)) kill(pid);
  for (const pid of descendants) kill(pid);
}

/** Ends a process, its group, and what it started that leads groups of its own. */
export function endGroup(leader: number): void {
  endTrees([{ pid: leader, leadsGroup: true }]);
}

/** The processes that a process started and those that these started; none where the system does not tell. */
function descendantsOf(root: number): number[] {
  const found = [root];
  for (let at = 0; at < found.length && found.length < processesAtMost; at += 1) {
    found.push(...childrenOf(found[at] as number));
  }
  return found.slice(1);
}

/** The command line of a process; empty where the system does not tell. */
export function commandOf(pid: number): string {
  return read(`/proc/${pid}/cmdline`).split("\0").join(" ").trim();
}

function childrenOf(pid: number): number[] {
  // A child belongs to the thread that started it, and every thread lists its own.
  return threadsOf(pid).flatMap((thread) =>
    read(`/proc/${pid}/task/${thread}/children`)
      .split(" ")
      .filter((text) => text !== "")
      .map(Number),
  );
}

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

function kill(pid: number): boolean {
  try {
    return process.kill(pid, "SIGKILL");
  } catch {
    // It is gone already.
    return false;
  }
}
