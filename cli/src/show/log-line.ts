import type { LogLevel, RunLogEntry } from "@baton/sdk";
import type { Output } from "./output.ts";
import { shownRunId } from "./run-id-text.ts";
import { timeText } from "./span-text.ts";

/** Something that a task printed, in the words of every command that shows logs. */
export interface LoggedText {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly level: LogLevel;
  readonly message: string;
  /** JSON text. */
  readonly properties?: string;
}

/** Below the time stands only what begins an entry, so that the lines of a long message are seen to be one. */
const continuation = `\n${" ".repeat("14:03:09.120  ".length)}`;

/**
 * What a task printed, for a person: one line, and further ones indented where the message has them.
 * @param runId - shown where lines of several runs stand together
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

/** Takes the stacks of errors out of JSON text, where their line breaks cannot be read. */
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

/** An entry as the SDK reads it. */
export function loggedTextOf({ level, message, properties, time }: RunLogEntry): LoggedText {
  return {
    at: time.getTime(),
    level,
    message,
    ...(properties === undefined ? {} : { properties: JSON.stringify(properties) }),
  };
}
