import { type LogEntry__Output, timestampFromWire } from "@baton/proto";
import type { Output } from "./output.ts";
import { parseJsonText } from "./run-json.ts";
import { timeText } from "./span-text.ts";

/** What a task printed, as one line for a person. */
export function logLine(entry: LogEntry__Output, output: Output, stream: "out" | "err" = "out"): string {
  const level = levelOf(entry);
  const shown = level === "log" ? "info" : level;
  const painted =
    shown === "error"
      ? output.paint("red", "error", stream)
      : shown === "warn"
        ? output.paint("yellow", "warn ", stream)
        : output.paint("dim", shown.padEnd(5), stream);
  const time = output.paint("dim", timeText(timestampFromWire(entry.time) ?? 0), stream);
  return `${time}  ${painted}  ${entry.message}${entry.properties === "" ? "" : `  ${entry.properties}`}`;
}

/** The same for a program. */
export function logToJson(entry: LogEntry__Output): Record<string, unknown> {
  return {
    time: new Date(timestampFromWire(entry.time) ?? 0).toISOString(),
    level: levelOf(entry),
    message: entry.message,
    properties: parseJsonText(entry.properties),
    attempt: entry.attemptNumber,
    attemptId: entry.attemptId,
  };
}

function levelOf(entry: LogEntry__Output): string {
  return entry.level.replace("LOG_LEVEL_", "").toLowerCase();
}
