import type { RetrievedRun, RunAttempt, RunSummary } from "@baton/sdk";
import { errorLines } from "./error-lines.ts";
import type { Output } from "./output.ts";
import { errorLine, storedJson } from "./run-json.ts";
import { paintStatus } from "./run-status.ts";
import { showInLine } from "./shown-text.ts";
import { bytesText, dateTimeText, spanText, timeText } from "./span-text.ts";
import { type Column, tableLines } from "./table.ts";
import { wrapLine } from "./text-width.ts";

/** Columns before a fact's value. */
const factIndent = 16;

/** Writes everything about one run for a person. On a terminal it breaks long lines, so that nothing is lost. */
export function runCard(run: RetrievedRun, output: Output): string {
  const { columns } = output;
  const wrap = (line: string, indent: number): string =>
    columns === undefined ? line : wrapLine(line, columns, indent);
  const lines = [
    `${output.paint("bold", run.id)}  ${run.taskIdentifier}  ${paintStatus(output, run.status)}`,
    ...facts(run).map(([name, value]) => wrap(`  ${name.padEnd(factIndent - 3)} ${showInLine(value)}`, factIndent)),
    ...section(output, "Payload", jsonLines(run.payload)),
    ...section(output, "Output", jsonLines(run.output)),
    ...section(output, "Error", errorLines(run.error)),
    ...section(output, "Attempts", attemptLines(run.attempts, columns)),
    ...section(output, "Timeline", timelineLines(run, output)),
  ];
  return lines.map((line) => (line.includes("\n") ? line : wrap(line, 4))).join("\n");
}

function facts(run: RetrievedRun): readonly (readonly [string, string])[] {
  const at = (value: Date | undefined): string => (value === undefined ? "" : dateTimeText(value.getTime()));
  const all: readonly (readonly [string, string])[] = [
    ["waiting for", run.waitingFor ?? ""],
    ["version", run.version ?? ""],
    ["queue", run.queue],
    ["machine", run.machine ?? ""],
    ["priority", run.priority === 0 ? "" : `${run.priority} s`],
    ["tags", run.tags.join(", ")],
    ["idempotency", run.idempotencyKey ?? ""],
    ["parent", run.relatedRuns.parent?.id ?? ""],
    ["batch", run.batchId ?? ""],
    ["replay", run.isReplay ? "yes" : ""],
    ["created", at(run.createdAt)],
    ["delayed until", at(run.delayedUntil)],
    ["started", at(run.startedAt)],
    ["next attempt", at(run.retryAt)],
    ["finished", at(run.finishedAt)],
    ["active", activeText(run)],
    ["interrupted", run.interruptionCount === 0 ? "" : `${timesText(run.interruptionCount)}, not counted as attempts`],
  ];
  return all.filter(([, value]) => value !== "");
}

/** Writes the active time of a run; nothing before its first attempt has ended, because the time of a running one is not known. */
export function activeText({
  durationMs,
  startedAt,
  status,
}: Pick<RunSummary, "durationMs" | "startedAt" | "status">): string {
  const isKnown = startedAt !== undefined && (durationMs > 0 || status !== "EXECUTING");
  return isKnown ? spanText(durationMs) : "";
}

function timesText(count: number): string {
  return count === 1 ? "once" : `${count} times`;
}

function section(output: Output, title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ["", output.paint("bold", title), ...lines.map((line) => `${sectionIndent}${line}`)];
}

const sectionIndent = "  ";

function jsonLines(value: unknown): readonly string[] {
  return value === undefined ? [] : JSON.stringify(storedJson(value), null, 2).split("\n");
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

/** Writes a row for each attempt, and its error below it. */
function attemptLines(attempts: readonly RunAttempt[], columns: number | undefined): readonly string[] {
  const [, ...rows] = tableLines(
    attemptColumns,
    attempts.map(attemptCells),
    columns === undefined ? undefined : columns - sectionIndent.length,
  );
  return rows.flatMap((row, place) => {
    const error = attempts[place]?.error;
    return error === undefined ? [row] : [row, `${sectionIndent}${errorLine(error).split("\n")[0]}`];
  });
}

function attemptCells(attempt: RunAttempt): readonly string[] {
  const { machine = "", runnerId = "", startedAt, stopLatenessMs } = attempt;
  return [
    `#${attempt.number}`,
    attempt.status.toLowerCase(),
    startedAt === undefined ? "" : timeText(startedAt.getTime()),
    attemptActiveText(attempt),
    machine,
    usageParts(attempt)
      .filter((part) => part !== "")
      .join("  "),
    stopLatenessMs === undefined ? "" : `gone after ${spanText(stopLatenessMs)}`,
    runnerId,
  ];
}

/** Writes the active time of an ended attempt; nothing when its runner or host was lost, because then nobody knows it. */
function attemptActiveText({ completedAt, durationMs, status }: RunAttempt): string {
  const isKnown = completedAt !== undefined && (durationMs > 0 || status !== "INTERRUPTED");
  return isKnown ? spanText(durationMs) : "";
}

function usageParts({ usage = {} }: RunAttempt): readonly string[] {
  const { cpuMs, peakExternalBytes, peakHeapBytes } = usage;
  return [
    cpuMs === undefined ? "" : `cpu ${spanText(cpuMs)}`,
    peakHeapBytes === undefined ? "" : `heap ${bytesText(peakHeapBytes)}`,
    peakExternalBytes === undefined ? "" : `external ${bytesText(peakExternalBytes)}`,
  ];
}

function timelineLines(run: RetrievedRun, output: Output): readonly string[] {
  let before: number | undefined;
  return run.timeline.map(({ at: date, reason, status }) => {
    const at = date.getTime();
    const since = before === undefined ? "" : `+${spanText(at - before)}`;
    before = at;
    return `${timeText(at)}  ${since.padStart(9)}  ${paintStatus(output, status, status.padEnd(15))}  ${reason}`.trimEnd();
  });
}
