import { existsSync, readFileSync } from "node:fs";
import type { Project } from "./project.ts";

/**
 * The body of a task that writes a line into a file for its start, every 10 ms while its thread lives, and for its end;
 * `payload` is `{ file, ms }`. It does not listen to the signal.
 */
export const beatingBody = `const beat = (what: string) => appendFileSync(payload.file, what + " " + ctx.run.id + "\\n");
    beat("start");
    const endsAt = Date.now() + payload.ms;
    while (Date.now() < endsAt) {
      await sleep(10);
      beat("beat");
    }
    beat("end");`;

/** What the file of a beating task needs above its tasks. */
export const beatingImports = `import { appendFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
`;

/** Where the beating tasks of a project write. */
export function beatenFile(project: Project): string {
  return project.path("beaten.txt");
}

/** Ids of the runs whose threads lived, in the order of their lines. */
export function readBeats(project: Project): readonly string[] {
  const file = beatenFile(project);
  if (!existsSync(file)) return [];
  return readFileSync(file, "utf8")
    .split("\n")
    .flatMap((line) => line.split(" ")[1] ?? []);
}

/** Runs in the order in which they first showed a sign of life. */
export function startOrder(beats: readonly string[]): readonly string[] {
  return [...new Set(beats)];
}

/** How many of these runs' threads lived at once, at most: each lives from its first line to its last. */
export function mostAtOnce(beats: readonly string[]): number {
  const last = new Map(beats.map((id, index) => [id, index]));
  const alive = new Set<string>();
  let most = 0;
  for (const [index, id] of beats.entries()) {
    alive.add(id);
    most = Math.max(most, alive.size);
    if (last.get(id) === index) alive.delete(id);
  }
  return most;
}
