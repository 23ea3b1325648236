import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import type { StreamName } from "./attempt-output.ts";

/**
 * Captures a write to a stream's file descriptor. Returns false when nothing captures it; it is then written as usual.
 */
export type CaptureWritten = (
  stream: StreamName,
  piece: string | Uint8Array,
  encoding: BufferEncoding | undefined,
) => boolean;

type Written = string | NodeJS.ArrayBufferView;
type Arguments = readonly [fd: unknown, data: unknown, ...rest: unknown[]];
type Callback = (error: Error | null, bytes: number, data: unknown) => void;

/**
 * Wraps the functions of `node:fs` that write to file descriptors and captures writes to the standard streams. Loggers
 * such as pino open them by number.
 */
export function captureDescriptors(capture: CaptureWritten): void {
  replace(
    "writeSync",
    (write) =>
      (...given) =>
        captured(capture, given) ?? write(...given),
  );
  replace("writeFileSync", (write) => (...given) => {
    const [fd, data, options] = given;
    const encoding = typeof options === "string" ? options : (options as { encoding?: unknown } | undefined)?.encoding;
    if (captured(capture, [fd, data, undefined, encoding]) === undefined) write(...given);
  });
  replace(
    "writevSync",
    (write) =>
      (...given) =>
        capturedAll(capture, given) ?? write(...given),
  );
  replace(
    "write",
    (write) =>
      (...given) =>
        answer(given, () => captured(capture, given)) ?? write(...given),
  );
  replace(
    "writev",
    (write) =>
      (...given) =>
        answer(given, () => capturedAll(capture, given)) ?? write(...given),
  );
  syncBuiltinESMExports();
}

type AnyFunction = (...given: Arguments) => unknown;

function replace(
  name: "write" | "writeSync" | "writev" | "writevSync" | "writeFileSync",
  makeReplacement: (original: AnyFunction) => AnyFunction,
): void {
  const original = fs[name] as unknown as AnyFunction;
  const replacement = makeReplacement(original.bind(fs));
  // `util.promisify` depends on members of the original.
  Object.defineProperties(replacement, Object.getOwnPropertyDescriptors(original));
  Object.assign(fs, { [name]: replacement });
}

/** Returns the number of captured bytes; undefined when nothing was captured and the original must be called. */
function captured(capture: CaptureWritten, [fd, data, from, to]: Arguments): number | undefined {
  const stream = streamOf(fd);
  if (stream === undefined || !isWritten(data)) return undefined;
  if (typeof data === "string") {
    const encoding = typeof to === "string" ? (to as BufferEncoding) : undefined;
    return capture(stream, data, encoding) ? Buffer.byteLength(data, encoding) : undefined;
  }
  const given =
    typeof from === "object" && from !== null ? (from as { offset?: unknown; length?: unknown }) : undefined;
  const offset = Number((given === undefined ? from : given.offset) ?? 0);
  const length = Number((given === undefined ? to : given.length) ?? data.byteLength - offset);
  if (!(offset >= 0 && length >= 0 && offset + length <= data.byteLength)) return undefined;
  // A view is enough, because the capture reads the bytes before it returns.
  const piece = Buffer.from(data.buffer, data.byteOffset + offset, length);
  return capture(stream, piece, undefined) ? length : undefined;
}

function capturedAll(capture: CaptureWritten, [fd, data]: Arguments): number | undefined {
  if (streamOf(fd) === undefined || !Array.isArray(data) || !data.every(ArrayBuffer.isView)) return undefined;
  let bytes = 0;
  for (const view of data) {
    const taken = captured(capture, [fd, view]);
    if (taken === undefined) return undefined;
    bytes += taken;
  }
  return bytes;
}

/** Calls back as the original does. Returns undefined when nothing was captured. */
function answer(given: Arguments, take: () => number | undefined): true | undefined {
  const done = given.at(-1);
  const bytes = typeof done === "function" ? take() : undefined;
  if (bytes === undefined) return undefined;
  setImmediate(done as Callback, null, bytes, given[1]);
  return true;
}

function streamOf(fd: unknown): StreamName | undefined {
  if (fd === 1) return "stdout";
  return fd === 2 ? "stderr" : undefined;
}

function isWritten(data: unknown): data is Written {
  return typeof data === "string" || ArrayBuffer.isView(data);
}
