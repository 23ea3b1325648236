import type { LogLevel, RunLogEntry } from "@baton/sdk";
import type { Output } from "./output.ts";
import { shownRunId } from "./run-id-text.ts";
import { timeText } from "./span-text.ts";

/** A line that a task printed, as every command that shows logs prints it. */
export interface LoggedText {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly level: LogLevel;
  readonly message: string;
  /** JSON text. */
  readonly properties?: string;
}

/** Indents the further lines of a message below the time, so that they are seen to be one entry. */
const continuation = `\n${" ".repeat("14:03:09.120  ".length)}`;

/**
 * Writes a task's line for a person, with the further lines of its message indented.
 * @param runId - Shown where lines of several runs stand together.
 */
export function logLine(text: LoggedText, output: Output, stream: "out" | "err" = "out", runId?: string): string {
  const { at, message } = text;
  const level = text.level === "log" ? "info" : text.level;
  const { properties, stacks } = withoutStacks(text.properties);
  const parts = [
    output.paint("dim", timeText(at), stream),
    ...(runId === undefined ? [] : [shownRunId(runId, stream === "out" ? output.columns : output.noteColumns)]),
    output.paint(colours[level], level.padEnd(5), stream),
    message,
    ...(properties === undefined ? [] : [properties]),
  ];
  return [parts.join("  "), ...stacks].join("\n").replace(/\n(?=[^\n])/g, continuation);
}

/** Removes the stacks of errors from JSON text, in which their line breaks would be unreadable. */
function withoutStacks(properties: string | undefined): {
  readonly properties?: string;
  readonly stacks: readonly string[];
} {
  if (properties === undefined || !properties.includes('"stack":'))
    return { ...(properties !== undefined && { properties }), stacks: [] };
  const stacks: string[] = [];
  const rest = JSON.stringify(JSON.parse(properties), function (this: unknown, key, value) {
    const isStack =
      key === "stack" && typeof value === "string" && typeof (this as { message?: unknown }).message === "string";
    if (!isStack) return value as unknown;
    stacks.push(value);
    return undefined;
  });
  return { properties: rest, stacks };
}

const colours = { error: "red", warn: "yellow", info: "dim", debug: "dim" } as const;

/** Converts an entry of the SDK. */
export function loggedTextOf({ level, message, properties, time }: RunLogEntry): LoggedText {
  return {
    at: time.getTime(),
    level,
    message,
    ...(properties === undefined ? {} : { properties: JSON.stringify(properties) }),
  };
}
