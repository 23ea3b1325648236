import { dirname, isAbsolute, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

const framesAtMost = 10;
/** Matches a frame as V8 writes it: the function, and its place with or without parentheses. */
const framePattern = /^\s*at (?:(?<called>.*?) \()?(?<file>[^()]*?):(?<line>\d+):(?<column>\d+)\)?$/;

/** Matches Baton's own code, which lies outside `node_modules` when it is linked. */
const ownFolders = ["@baton/sdk", "@baton/runner"].map((name) =>
  dirname(dirname(fileURLToPath(import.meta.resolve(name)))),
);

/**
 * Returns the frames of a stack trace in the user's own files, as `at function (path:line:column)` with paths relative to the
 * project. When there is none, returns the first frames unchanged.
 */
export function userFrames(stackTrace: string, projectDir: string): readonly string[] {
  const frames = stackTrace.split("\n").filter((line) => line.trimStart().startsWith("at "));
  const own = frames.flatMap((frame) => userFrame(frame, projectDir) ?? []);
  return own.length > 0 ? own.slice(0, framesAtMost) : frames.slice(0, 3).map((frame) => frame.trim());
}

function userFrame(frame: string, projectDir: string): string | undefined {
  const { called, file, line, column } = framePattern.exec(frame)?.groups ?? {};
  const path = file === undefined ? undefined : pathOf(file.replace(/^async /, ""));
  if (path === undefined || path.split(sep).includes("node_modules")) return undefined;
  if (ownFolders.some((folder) => path.startsWith(folder + sep))) return undefined;
  const place = `${relative(projectDir, path).split(sep).join("/")}:${line}:${column}`;
  return called === undefined ? `at ${place}` : `at ${called} (${place})`;
}

function pathOf(file: string): string | undefined {
  if (file.startsWith("file://")) return fileURLToPath(file);
  return isAbsolute(file) ? file : undefined;
}
