import type { RunStatusName } from "@baton/proto/contract/run-status";
import type { Output } from "./output.ts";
import { shownRunId } from "./run-id-text.ts";
import { paintStatus } from "./run-status.ts";
import { spanText, timeText } from "./span-text.ts";
import { textWidth, wrapLine } from "./text-width.ts";

/** One change of a run, as every command that follows runs shows it. */
export interface RunChange {
  readonly runId: string;
  readonly taskId: string;
  readonly status: RunStatusName;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** The number of the current or latest attempt; 0 before the first. */
  readonly attempt: number;
  /** Active time in milliseconds, for a run that ended. */
  readonly activeMs?: number;
  /** A remark, such as an error or why the run waits. */
  readonly remark?: string;
}

/** Writes one line for one change of a run; on a narrow terminal several lines, with all but the first indented. */
export function eventLine(change: RunChange, output: Output, stream: "out" | "err" = "out"): string {
  const columns = stream === "out" ? output.columns : output.noteColumns;
  const status = change.status.toLowerCase().replace("_", " ").padEnd(14);
  const parts = [
    output.paint("dim", timeText(change.at), stream),
    shownRunId(change.runId, columns),
    change.taskId,
    stream === "out" ? paintStatus(output, change.status, status) : status,
    change.attempt > 1 ? `attempt ${change.attempt}` : "",
    change.activeMs === undefined ? "" : spanText(change.activeMs),
  ];
  const remark = change.remark?.split("\n")[0] ?? "";
  const head = joined(parts);
  const line = joined([head, remark]);
  if (columns === undefined || textWidth(line) <= columns) return line;
  const indent = textWidth(timeText(change.at)) + 2;
  const lines = remark === "" ? [head] : [head, " ".repeat(indent) + remark];
  return lines.map((each) => wrapLine(each, columns, indent)).join("\n");
}

function joined(parts: readonly string[]): string {
  return parts
    .filter((part) => part !== "")
    .join("  ")
    .trimEnd();
}
