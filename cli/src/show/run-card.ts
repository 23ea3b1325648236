import { type Attempt__Output, durationFromWire, type Run__Output, timestampFromWire } from "@baton/proto";
import { runStatusNameFromWire } from "@baton/proto/contract/run-status";
import { errorLines } from "./error-lines.ts";
import type { Output } from "./output.ts";
import { errorLine } from "./run-json.ts";
import { paintStatus } from "./run-status.ts";
import { showInLine } from "./shown-text.ts";
import { bytesText, dateTimeText, spanText, timeText } from "./span-text.ts";
import { type Column, tableLines } from "./table.ts";
import { wrapLine } from "./text-width.ts";

/** Columns in front of a fact's value. */
const factIndent = 16;

/** Everything about one run, for a person. On a terminal long lines are broken, so that nothing of them is lost. */
export function runCard(run: Run__Output, output: Output): string {
  const { columns } = output;
  const wrap = (line: string, indent: number): string =>
    columns === undefined ? line : wrapLine(line, columns, indent);
  const lines = [
    `${output.paint("bold", run.id)}  ${run.taskId}  ${paintStatus(output, runStatusNameFromWire(run.status))}`,
    ...facts(run).map(([name, value]) => wrap(`  ${name.padEnd(factIndent - 3)} ${showInLine(value)}`, factIndent)),
    ...section(output, "Payload", jsonLines(run.payload)),
    ...section(output, "Output", jsonLines(run.output)),
    ...section(output, "Error", errorLines(run)),
    ...section(output, "Attempts", attemptLines(run.attempts, columns)),
    ...section(output, "Timeline", timelineLines(run, output)),
  ];
  return lines.map((line) => (line.includes("\n") ? line : wrap(line, 4))).join("\n");
}

function facts(run: Run__Output): readonly (readonly [string, string])[] {
  const at = (value: Run__Output["createTime"]): string => {
    const ms = timestampFromWire(value);
    return ms === undefined ? "" : dateTimeText(ms);
  };
  const all: readonly (readonly [string, string])[] = [
    ["waiting for", run.waitingFor],
    ["version", run.version],
    ["queue", run.queue],
    ["machine", run.machine],
    ["priority", run.priority === 0 ? "" : `${run.priority} s`],
    ["tags", run.tags.join(", ")],
    ["idempotency", run.idempotencyKey],
    ["parent", run.parentRunId],
    ["batch", run.batchId],
    ["replay", run.isReplay ? "yes" : ""],
    ["created", at(run.createTime)],
    ["delayed until", at(run.delayedUntilTime)],
    ["started", at(run.startTime)],
    ["next attempt", at(run.retryTime)],
    ["finished", at(run.finishTime)],
    ["active", activeText(run)],
    ["interrupted", run.interruptionCount === 0 ? "" : `${timesText(run.interruptionCount)}, not counted as attempts`],
  ];
  return all.filter(([, value]) => value !== "");
}

/** The active time of a run; nothing before its first attempt has ended, because the time of one that goes on is not known. */
export function activeText(run: Run__Output): string {
  const activeMs = durationFromWire(run.activeDuration) ?? 0;
  const isKnown = run.startTime !== null && (activeMs > 0 || runStatusNameFromWire(run.status) !== "EXECUTING");
  return isKnown ? spanText(activeMs) : "";
}

function timesText(count: number): string {
  return count === 1 ? "once" : `${count} times`;
}

function section(output: Output, title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ["", output.paint("bold", title), ...lines.map((line) => `${sectionIndent}${line}`)];
}

const sectionIndent = "  ";

function jsonLines(text: string): readonly string[] {
  if (text === "") return [];
  try {
    return JSON.stringify(JSON.parse(text), null, 2).split("\n");
  } catch {
    return text.split("\n");
  }
}

const attemptColumns: readonly Column[] = [
  { title: "number" },
  { title: "status" },
  { title: "started", leaveOut: 3 },
  { title: "active", alignRight: true },
  { title: "machine", leaveOut: 4 },
  { title: "usage", leaveOut: 2 },
  { title: "stop", leaveOut: 1 },
  { title: "runner", leaveOut: 5 },
];

/** A row for each attempt, and below it what it failed with. */
function attemptLines(attempts: readonly Attempt__Output[], columns: number | undefined): readonly string[] {
  const [, ...rows] = tableLines(
    attemptColumns,
    attempts.map(attemptCells),
    columns === undefined ? undefined : columns - sectionIndent.length,
  );
  return rows.flatMap((row, place) => {
    const error = attempts[place]?.error ?? null;
    return error === null ? [row] : [row, `${sectionIndent}${errorLine(error).split("\n")[0]}`];
  });
}

function attemptCells(attempt: Attempt__Output): readonly string[] {
  const started = timestampFromWire(attempt.startTime);
  const stopLatenessMs = durationFromWire(attempt.stopLateness);
  const status = attempt.status.replace("ATTEMPT_STATUS_", "").toLowerCase();
  return [
    `#${attempt.number}`,
    status,
    started === undefined ? "" : timeText(started),
    attemptActiveText(attempt),
    attempt.machine,
    usageParts(attempt.usage)
      .filter((part) => part !== "")
      .join("  "),
    stopLatenessMs === undefined ? "" : `gone after ${spanText(stopLatenessMs)}`,
    attempt.runnerId,
  ];
}

/** Nobody knows how long an attempt was active whose runner or host was lost; it counts as 0. */
function attemptActiveText({ activeDuration, endTime, status }: Attempt__Output): string {
  const activeMs = durationFromWire(activeDuration) ?? 0;
  const isKnown = endTime !== null && (activeMs > 0 || status !== "ATTEMPT_STATUS_INTERRUPTED");
  return isKnown ? spanText(activeMs) : "";
}

function usageParts(usage: Attempt__Output["usage"]): readonly string[] {
  if (usage === null) return [];
  const cpuMs = durationFromWire(usage.cpuDuration);
  const { peakExternalBytes, peakHeapBytes } = usage;
  return [
    cpuMs === undefined ? "" : `cpu ${spanText(cpuMs)}`,
    peakHeapBytes === undefined ? "" : `heap ${bytesText(peakHeapBytes)}`,
    peakExternalBytes === undefined ? "" : `external ${bytesText(peakExternalBytes)}`,
  ];
}

function timelineLines(run: Run__Output, output: Output): readonly string[] {
  let before: number | undefined;
  return run.timeline.map((entry) => {
    const at = timestampFromWire(entry.time) ?? 0;
    const since = before === undefined ? "" : `+${spanText(at - before)}`;
    before = at;
    const status = runStatusNameFromWire(entry.status);
    return `${timeText(at)}  ${since.padStart(9)}  ${paintStatus(output, status, status.padEnd(15))}  ${entry.reason}`.trimEnd();
  });
}
