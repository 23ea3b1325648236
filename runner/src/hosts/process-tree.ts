import { readdirSync, readFileSync } from "node:fs";

/** A process to end. */
export interface ProcessToEnd {
  readonly pid: number;
  /** Whether the process leads a group, which ends with it. */
  readonly leadsGroup: boolean;
}

/** Limits how many processes of a tree are read, because a tree may be large or grow meanwhile. */
const processesAtMost = 10_000;

/** Kills processes and, on systems that list children as Linux does, everything that they started. */
export function endTrees(roots: readonly ProcessToEnd[]): void {
  // The descendants are read first, because children of a process that is gone have no known parent.
  const descendants = roots.flatMap(({ pid }) => descendantsOf(pid));
  for (const { leadsGroup, pid } of roots) if (!leadsGroup || !kill(-pid)) kill(pid);
  for (const pid of descendants) kill(pid);
}

/** Kills a process, its group, and its descendants in other groups. */
export function endGroup(leader: number): void {
  endTrees([{ pid: leader, leadsGroup: true }]);
}

/** Returns the descendants of a process; none on systems that do not list children. */
function descendantsOf(root: number): number[] {
  const found = [root];
  for (let at = 0; at < found.length && found.length < processesAtMost; at += 1) {
    found.push(...childrenOf(found[at] as number));
  }
  return found.slice(1);
}

/** Returns the command line of a process; empty on systems that do not show it. */
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
    // The process is already gone.
    return false;
  }
}
