import type { RetrievedRun } from "@baton/sdk";
import type { Example } from "./example-list.ts";

/** An example and its runs. */
export interface ExampleResult {
  readonly example: Example;
  readonly runs: readonly RetrievedRun[];
}

const header = ["TASK", "STATUS", "ATTEMPTS", "DURATION", "OUTPUT OR ERROR"] as const;

/** Writes a line for each example; with `columns`, the last column is cut to fit. */
export function resultTable(results: readonly ExampleResult[], columns: number | undefined): string {
  const rows = [header, ...results.map(row)];
  const widths = header.map((_, index) => Math.max(...rows.map((cells) => cells[index]?.length ?? 0)));
  return rows
    .map((cells) => cells.map((cell, index) => (index < 4 ? cell.padEnd(widths[index] ?? 0) : cell)).join("  "))
    .map((line) => (columns !== undefined && line.length > columns ? `${line.slice(0, columns - 1)}…` : line))
    .join("\n");
}

function row({ example, runs }: ExampleResult): readonly string[] {
  const attempts = runs.reduce((sum, run) => sum + run.attemptCount, 0);
  const durationMs = runs.reduce((sum, run) => sum + run.durationMs, 0);
  const [first] = runs;
  const name = runs.length > 1 ? `${example.name} × ${runs.length}` : example.name;
  const statuses = [...new Set(runs.map((run) => run.status))].join(", ");
  return [
    name,
    statuses,
    String(attempts),
    `${Math.round(durationMs)} ms`,
    first === undefined ? "" : outcomeText(first),
  ];
}

function outcomeText(run: RetrievedRun): string {
  if (run.error === undefined) return JSON.stringify(run.output) ?? "";
  return [run.error.name, run.error.message].filter((part) => part !== undefined && part !== "").join(": ");
}
