import { types } from "node:util";
import { withoutOwnFrames } from "./own-frames.ts";

/** How a thrown value, or a failure of the system, is stored (spec 4.1). */
export type TaskError =
  | { readonly type: "builtIn"; readonly name: string; readonly message: string; readonly stackTrace: string }
  | { readonly type: "string"; readonly raw: string }
  | { readonly type: "custom"; readonly raw: string }
  | {
      readonly type: "internal";
      readonly code: InternalCode;
      readonly message?: string | undefined;
      readonly stackTrace?: string | undefined;
    };

/** Codes of failures that a thread, a host or a runner finds out (spec 4.2). */
export const internalCodes = [
  "TASK_INPUT_ERROR",
  "TASK_OUTPUT_ERROR",
  "HANDLE_ERROR_ERROR",
  "TASK_PROCESS_OOM_KILLED",
  "TASK_PROCESS_SIGSEGV",
  "TASK_PROCESS_EXITED_WITH_NON_ZERO_CODE",
  "TASK_RUN_UNCAUGHT_EXCEPTION",
  "TASK_RUN_STALLED_EXECUTING",
  "TASK_RUN_HEARTBEAT_TIMEOUT",
  "TASK_EXECUTION_ABORTED",
  "MAX_DURATION_EXCEEDED",
  "COULD_NOT_FIND_TASK",
  "COULD_NOT_IMPORT_TASK",
  "COULD_NOT_FIND_EXECUTOR",
] as const;

/** One of the {@link internalCodes}. */
export type InternalCode = (typeof internalCodes)[number];

const messageBytes = 4 * 1024;
const stackBytes = 16 * 1024;
const framesAtTop = 5;
const framesAtBottom = 45;
const cutMarker = "… (cut)";

/** The stored form of anything that a task threw, within the limits of spec 4.1. Never throws. */
export function toTaskError(thrown: unknown): TaskError {
  if (typeof thrown === "string") return { type: "string", raw: cutText(thrown, messageBytes) };
  if (isError(thrown)) {
    return {
      type: "builtIn",
      name: cutText(readText(thrown, "name", "Error"), messageBytes),
      message: cutText(readText(thrown, "message", ""), messageBytes),
      stackTrace: cutStack(readText(thrown, "stack", "")),
    };
  }
  return { type: "custom", raw: rawOf(thrown) };
}

/** Message and stack of anything thrown, for a failure that is stored as the system's. */
export function describeThrown(thrown: unknown): { readonly message: string; readonly stackTrace?: string } {
  const error = toTaskError(thrown);
  if (error.type === "builtIn") return { message: `${error.name}: ${error.message}`, stackTrace: error.stackTrace };
  return { message: error.type === "internal" ? (error.message ?? error.code) : error.raw };
}

/** An `Error` of this thread's or another realm's. Never throws: a Proxy may, when it is asked for its prototype. */
export function isError(value: unknown): value is Error {
  try {
    return types.isNativeError(value) || value instanceof Error;
  } catch {
    return false;
  }
}

/** The text without NUL characters, cut to so many bytes of UTF-8 with a marker. */
export function cutText(text: string, limitBytes: number): string {
  const clean = text.includes("\0") ? text.replaceAll("\0", "") : text;
  if (clean.length * 3 <= limitBytes || Buffer.byteLength(clean) <= limitBytes) return clean;
  return firstBytes(clean, limitBytes) + cutMarker;
}

function firstBytes(text: string, limitBytes: number): string {
  // A character cut in two decodes to U+FFFD at the end.
  return Buffer.from(text.slice(0, limitBytes))
    .subarray(0, limitBytes)
    .toString("utf8")
    .replace(/\uFFFD+$/, "");
}

function cutStack(stack: string): string {
  const lines = stack.split("\n");
  const firstFrame = lines.findIndex((line) => /^\s+at /.test(line));
  if (firstFrame === -1) return cutText(stack, stackBytes);
  const head = lines.slice(0, firstFrame);
  const frames = withoutOwnFrames(lines.slice(firstFrame));
  const left = frames.length - framesAtTop - framesAtBottom;
  const kept =
    left <= 0
      ? frames
      : [...frames.slice(0, framesAtTop), `    … ${left} frames left out`, ...frames.slice(-framesAtBottom)];
  return cutText([cutText(head.join("\n"), messageBytes), ...kept].join("\n"), stackBytes);
}

function readText(error: Error, member: "name" | "message" | "stack", fallback: string): string {
  try {
    const value: unknown = error[member];
    return value === undefined ? fallback : String(value);
  } catch {
    return fallback;
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
