import { type ErrorDetails, innerErrorsAtMost, type TaskError } from "../contract/task-error.ts";
import { errorName, isError, ownMemberNames, readMember, withErrorName } from "../values/error-members.ts";
import { isPlainJson } from "../values/plain-json.ts";
import { withoutOwnFrames } from "./own-frames.ts";

export { isError };

const messageBytes = 4 * 1024;
const stackBytes = 16 * 1024;
const framesAtTop = 5;
const framesAtBottom = 45;
const cutMarker = "… (cut)";

/** Largest size of the errors within one together, in bytes. */
const innerBytes = 16 * 1024;
/** Largest size of one of their stacks, in bytes. */
const innerStackBytes = 2 * 1024;
/** Largest JSON text of an error's own members, in bytes; members that do not fit are left out. */
const propertiesBytes = 2 * 1024;

/** Converts any thrown value to its stored form, within the limits of docs/tasks.md 4.1. Never throws. */
export function toTaskError(thrown: unknown): TaskError {
  return withInner(thrown, describe(thrown, stackBytes), { errors: innerErrorsAtMost, bytes: innerBytes, above: [] });
}

/** Describes any thrown value by message, stack and details, for a failure that is stored as an error of the system. */
export function describeThrown(thrown: unknown): {
  readonly message: string;
  readonly stackTrace?: string;
} & ErrorDetails {
  const error = toTaskError(thrown);
  if (error.type === "builtIn") {
    const { message, name, type: _, ...rest } = error;
    return { ...rest, message: `${name}: ${message}` };
  }
  return { message: error.type === "internal" ? (error.message ?? error.code) : error.raw };
}

/** The room that is left within the outermost error, and the errors around the current one. */
interface InnerRoom {
  errors: number;
  bytes: number;
  readonly above: unknown[];
}

function describe(thrown: unknown, stackLimit: number): TaskError {
  if (typeof thrown === "string") return { type: "string", raw: cutText(thrown, messageBytes) };
  if (!isError(thrown)) return { type: "custom", raw: rawOf(thrown) };
  const properties = propertiesOf(thrown);
  const name = cutText(errorName(thrown), messageBytes);
  return {
    type: "builtIn",
    name,
    message: cutText(readText(thrown, "message"), messageBytes),
    stackTrace: cutStack(withErrorName(readText(thrown, "stack"), name), stackLimit),
    ...(properties !== undefined && { properties }),
  };
}

/** Adds the errors within an error. */
function withInner(thrown: unknown, described: TaskError, room: InnerRoom): TaskError {
  if (described.type !== "builtIn") return described;
  room.above.push(thrown);
  const error = thrown as Error;
  const cause = hasOwn(error, "cause") ? describeInner(readMember(error, "cause"), room) : undefined;
  const errors = innerErrorsOf(error, room);
  room.above.pop();
  return { ...described, ...(cause !== undefined && { cause }), ...(errors.length > 0 && { errors }) };
}

function innerErrorsOf(error: Error, room: InnerRoom): readonly TaskError[] {
  const errors = readMember(error, "errors");
  if (!isAggregate(error, errors)) return [];
  const described: TaskError[] = [];
  for (let index = 0; index < errors.length && room.errors > 0; index += 1) {
    const inner = describeInner(readMember(errors, String(index)), room);
    if (inner !== undefined) described.push(inner);
  }
  return described;
}

/** Whether `errors` holds errors. Libraries have aggregates of their own, whose `errors` may be the messages of a form. */
function isAggregate(error: Error, errors: unknown): errors is readonly unknown[] {
  try {
    return Array.isArray(errors) && (error instanceof AggregateError || errors.some(isError));
  } catch {
    return false;
  }
}

/** Describes an error within an error; returns undefined for `undefined`, a cycle, or an error without room left. */
function describeInner(thrown: unknown, room: InnerRoom): TaskError | undefined {
  if (thrown === undefined || room.errors <= 0 || room.above.includes(thrown)) return undefined;
  const described = describe(thrown, innerStackBytes);
  const bytes = bytesOf(described);
  if (bytes > room.bytes) return undefined;
  room.errors -= 1;
  room.bytes -= bytes;
  return withInner(thrown, described, room);
}

function bytesOf(error: TaskError): number {
  return Object.values(error).reduce((sum: number, text) => sum + Buffer.byteLength(String(text)), 0);
}

/** Removes NUL characters and cuts the text to `limitBytes` bytes of UTF-8, with a marker. */
export function cutText(text: string, limitBytes: number): string {
  const clean = text.includes("\0") ? text.replaceAll("\0", "") : text;
  if (clean.length * 3 <= limitBytes || Buffer.byteLength(clean) <= limitBytes) return clean;
  return firstBytes(clean, limitBytes) + cutMarker;
}

function firstBytes(text: string, limitBytes: number): string {
  // A character that was cut in two decodes to U+FFFD at the end.
  return Buffer.from(text.slice(0, limitBytes))
    .subarray(0, limitBytes)
    .toString("utf8")
    .replace(/\uFFFD+$/, "");
}

function cutStack(stack: string, limitBytes: number): string {
  const lines = stack.split("\n");
  const firstFrame = lines.findIndex((line) => /^\s+at /.test(line));
  if (firstFrame === -1) return cutText(stack, limitBytes);
  const head = lines.slice(0, firstFrame);
  const frames = withoutOwnFrames(lines.slice(firstFrame));
  const left = frames.length - framesAtTop - framesAtBottom;
  const kept =
    left <= 0
      ? frames
      : [...frames.slice(0, framesAtTop), `    … ${left} frames left out`, ...frames.slice(-framesAtBottom)];
  return cutText([cutText(head.join("\n"), messageBytes), ...kept].join("\n"), limitBytes);
}

function readText(error: Error, member: "message" | "stack"): string {
  const value = readMember(error, member);
  try {
    return value === undefined ? "" : String(value);
  } catch {
    return "";
  }
}

function hasOwn(error: Error, member: string): boolean {
  try {
    return Object.hasOwn(error, member);
  } catch {
    return false;
  }
}

/** Returns the members that are plain JSON as JSON text; undefined when there are none. */
function propertiesOf(error: Error): string | undefined {
  let text = "";
  for (const name of ownMemberNames(error)) {
    const member = plainJsonOf(readMember(error, name));
    if (member === undefined || member.length > propertiesBytes) continue;
    const longer = `${text}${text === "" ? "" : ","}${JSON.stringify(name)}:${member}`;
    if (Buffer.byteLength(longer) <= propertiesBytes) text = longer;
  }
  return text === "" ? undefined : `{${text}}`;
}

function plainJsonOf(value: unknown): string | undefined {
  try {
    return isPlainJson(value) ? JSON.stringify(value) : undefined;
  } catch {
    return undefined;
  }
}

function rawOf(thrown: unknown): string {
  const json = jsonOf(thrown);
  if (json === undefined) return cutText(textOf(thrown), messageBytes);
  const clean = json.replaceAll("\\u0000", "");
  if (Buffer.byteLength(clean) <= messageBytes) return clean;
  return JSON.stringify({ truncated: true, preview: firstBytes(clean, messageBytes / 2) });
}

function jsonOf(value: unknown): string | undefined {
  try {
    return JSON.stringify(value) as string | undefined;
  } catch {
    return undefined;
  }
}

function textOf(value: unknown): string {
  try {
    return String(value);
  } catch {
    return "A value that cannot be shown was thrown.";
  }
}
