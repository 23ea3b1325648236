import { fileURLToPath } from "node:url";

/** Folders of the code that executes attempts, in every form in which a stack may name them. */
const ownFolders: string[] = [];
/** Matches frames of any copy of the SDK; source maps name its sources. */
const libraryFrame = /[\\/]node_modules[\\/]@baton[\\/]sdk[\\/](?:dist|src)[\\/]/;
const libraryFolders = foldersOf(new URL("..", import.meta.url));

addOwnFolder(new URL(".", import.meta.url));

/** Adds a folder with code that executes attempts. */
export function addOwnFolder(folder: URL): void {
  ownFolders.push(...foldersOf(folder));
}

/**
 * Returns the frames of a stack that help the author of a task: without the life cycle and its callers, which are the same for
 * every attempt. So the stack of an error that the SDK throws begins with the line that called the SDK. For an error of the
 * life cycle itself no frame is left.
 *
 * @param frames - Innermost first, as in `Error.stack`.
 */
export function withoutOwnFrames(frames: readonly string[]): readonly string[] {
  const last = frames.findLastIndex(isOwn);
  const inner = last === -1 ? frames : frames.slice(0, last);
  const others = inner.filter((frame) => !isOwn(frame) && !isLibrary(frame));
  if (others.length === inner.length && last === -1) return frames;
  // The caller of an SDK function stands below the functions that the SDK called itself.
  const start = inner[0] !== undefined && isLibrary(inner[0]) ? others.findIndex((frame) => !isInternal(frame)) : 0;
  const end = others.findLastIndex((frame) => !isInternal(frame));
  return others.slice(Math.max(start, 0), end + 1);
}

/** Does the same for the text of a stack, which has the message before its frames. */
export function withoutOwnFramesIn(stack: string): string {
  const lines = stack.split("\n");
  const first = lines.findIndex((line) => /^\s+at /.test(line));
  return first === -1 ? stack : [...lines.slice(0, first), ...withoutOwnFrames(lines.slice(first))].join("\n");
}

function isOwn(frame: string): boolean {
  return ownFolders.some((folder) => frame.includes(folder));
}

/** Whether the frame belongs to Node.js itself. */
function isInternal(frame: string): boolean {
  return /[ (]node:/.test(frame);
}

function isLibrary(frame: string): boolean {
  return libraryFrame.test(frame) || libraryFolders.some((folder) => frame.includes(folder));
}

/** Lists the folder as URL and path, and the folder of its sources, which frames name where source maps are on. */
function foldersOf(folder: URL): readonly string[] {
  const sources = folder.href.replace(/\/dist\/(?:cjs\/)?((?:[^/]+\/)*)$/, "/src/$1");
  return [...new Set([folder.href, sources])].flatMap((href) => [href, fileURLToPath(href)]);
}
