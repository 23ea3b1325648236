import { fileURLToPath } from "node:url";

/** The folders of code that executes attempts, as a frame of a stack may write them. */
const ownFolders: string[] = [];
/** Frames of the SDK's code that tasks call, in whichever copy of it; source maps name its sources. */
const libraryFrame = /[\\/]node_modules[\\/]@baton[\\/]sdk[\\/](?:dist|src)[\\/]/;
const libraryFolders = foldersOf(new URL("..", import.meta.url));

addOwnFolder(new URL(".", import.meta.url));

/** Counts the frames of a folder as those of code that executes attempts. */
export function addOwnFolder(folder: URL): void {
  ownFolders.push(...foldersOf(folder));
}

/**
 * The frames of a stack that are of use to the author of a task: without those of the life cycle, and without what
 * called it, which is the same for every attempt; so an error that the SDK throws begins with the line that called it.
 * None are left of a refusal that the life cycle itself makes.
 *
 * @param frames - Innermost first, as in `Error.stack`.
 */
export function withoutOwnFrames(frames: readonly string[]): readonly string[] {
  const last = frames.findLastIndex(isOwn);
  const inner = last === -1 ? frames : frames.slice(0, last);
  const others = inner.filter((frame) => !isOwn(frame) && !isLibrary(frame));
  if (others.length === inner.length && last === -1) return frames;
  // What called a function of the SDK stands below what it called itself.
  const start = inner[0] !== undefined && isLibrary(inner[0]) ? others.findIndex((frame) => !isInternal(frame)) : 0;
  const end = others.findLastIndex((frame) => !isInternal(frame));
  return others.slice(Math.max(start, 0), end + 1);
}

/** The same for the text of a stack, with the message before its frames. */
export function withoutOwnFramesIn(stack: string): string {
  const lines = stack.split("\n");
  const first = lines.findIndex((line) => /^\s+at /.test(line));
  return first === -1 ? stack : [...lines.slice(0, first), ...withoutOwnFrames(lines.slice(first))].join("\n");
}

function isOwn(frame: string): boolean {
  return ownFolders.some((folder) => frame.includes(folder));
}

/** Is it of Node.js itself? */
function isInternal(frame: string): boolean {
  return /[ (]node:/.test(frame);
}

function isLibrary(frame: string): boolean {
  return libraryFrame.test(frame) || libraryFolders.some((folder) => frame.includes(folder));
}

/** The folder as URL and path, and that of its sources, which frames name where source maps are on. */
function foldersOf(folder: URL): readonly string[] {
  const sources = folder.href.replace(/\/dist\/(?:cjs\/)?((?:[^/]+\/)*)$/, "/src/$1");
  return [...new Set([folder.href, sources])].flatMap((href) => [href, fileURLToPath(href)]);
}
