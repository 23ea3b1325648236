import { fileURLToPath } from "node:url";

/** Where the life cycle's own code is, as a frame of a stack may write it. */
const ownFolders = [new URL(".", import.meta.url).href, fileURLToPath(new URL(".", import.meta.url))];

/**
 * The frames of a stack that are of use to the author of a task: without those of the life cycle, and without what
 * called it, which is the same for every attempt. None are left of a refusal that the life cycle itself makes.
 *
 * @param frames - Innermost first, as in `Error.stack`.
 */
export function withoutOwnFrames(frames: readonly string[]): readonly string[] {
  const last = frames.findLastIndex(isOwn);
  if (last === -1) return frames;
  const others = frames.slice(0, last).filter((frame) => !isOwn(frame));
  const end = others.findLastIndex((frame) => !frame.includes("(node:internal/"));
  return others.slice(0, end + 1);
}

function isOwn(frame: string): boolean {
  return ownFolders.some((folder) => frame.includes(folder));
}
