import { existsSync, readFileSync } from "node:fs";
import type { Project } from "./project.ts";

/**
 * The body of a task that writes a line to a file at its start, every 10 ms while its thread lives, and at its end.
 * `payload` is `{ file, ms }`. It ignores its signal.
 */
export const beatingBody = `const beat = (what: string) => appendFileSync(payload.file, what + " " + ctx.run.id + "\\n");
    beat("start");
    const endsAt = Date.now() + payload.ms;
    while (Date.now() < endsAt) {
      await sleep(10);
      beat("beat");
    }
    beat("end");`;

/** The imports of a file with beating tasks. */
export const beatingImports = `import { appendFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
`;

/** Returns the file to which a project's beating tasks write. */
export function beatenFile(project: Project): string {
  return project.path("beaten.txt");
}

/** Returns the run id of each line, in the order of the lines. */
export function readBeats(project: Project): readonly string[] {
  const file = beatenFile(project);
  if (!existsSync(file)) return [];
  return readFileSync(file, "utf8")
    .split("\n")
    .flatMap((line) => line.split(" ")[1] ?? []);
}

/** Returns runs in the order of their first line. */
export function startOrder(beats: readonly string[]): readonly string[] {
  return [...new Set(beats)];
}

/** Returns the largest number of threads that lived at once; each lives from its first line to its last. */
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
