import { existsSync, readFileSync } from "node:fs";
import { tasks } from "@baton/sdk";
import type { Project } from "./project.ts";

/** A task that appends a line for each start and each end to a file, and takes 1 to 3 s in between. */
export const appendingTask = `import { appendFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { task } from "@baton/sdk";

export const append = task({
  id: "append",
  retry: { maxAttempts: 3 },
  run: async (payload: { file: string; ms: number }, { ctx }) => {
    appendFileSync(payload.file, \`start \${ctx.run.id} \${ctx.attempt.id} \${ctx.attempt.number}\\n\`);
    await sleep(payload.ms);
    appendFileSync(payload.file, \`end \${ctx.run.id} \${ctx.attempt.id} \${ctx.attempt.number}\\n\`);
    return { ms: payload.ms };
  },
});
`;

/** One line of the task's file. */
export interface Line {
  readonly what: "start" | "end";
  readonly runId: string;
  readonly attemptId: string;
  readonly number: number;
}

/** Returns the file to which the project's task writes. */
export function appendedFile(project: Project): string {
  return project.path("appended.txt");
}

/** Returns every line written so far. */
export function readAppended(project: Project): Line[] {
  const file = appendedFile(project);
  if (!existsSync(file)) return [];
  return readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [what, runId = "", attemptId = "", number = "0"] = line.split(" ");
      return { what: what === "start" ? "start" : "end", runId, attemptId, number: Number(number) };
    });
}

/** Returns how often each attempt started, by attempt id. */
export function startsByAttempt(lines: readonly Line[]): Map<string, number> {
  const starts = new Map<string, number>();
  for (const { attemptId, what } of lines)
    if (what === "start") starts.set(attemptId, (starts.get(attemptId) ?? 0) + 1);
  return starts;
}

/** Returns a duration between 1 and 3 s. Durations are spread evenly and are the same in each test run. */
function spreadMs(index: number, count: number): number {
  return 1_000 + Math.round((2_000 * ((index * 37) % count)) / count);
}

/** Triggers `count` runs of the task, which take 1 to 3 s plus `longerMs` each. */
export function triggerAppending(project: Project, count: number, longerMs = 0): Promise<{ readonly id: string }[]> {
  const file = appendedFile(project);
  return Promise.all(
    Array.from({ length: count }, (_, index) =>
      tasks.trigger("append", { file, ms: longerMs + spreadMs(index, count) }),
    ),
  );
}
