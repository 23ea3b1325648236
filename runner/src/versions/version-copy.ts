import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { markPrefix } from "../build/version-use.ts";

/** Larger versions are not kept in memory, and cannot be written again. */
const copiedBytesAtMost = 64 * 1024 * 1024;

interface CopiedFile {
  /** Undefined of a version that is too large. */
  readonly contents: Buffer | undefined;
  /** What the file system said of the file when it was last known to be right. */
  stamp: string;
}

/**
 * The compiled files of a version, kept in memory while a runner uses it, because threads import them for as long as it does
 * and anybody may delete them. Everything happens in one go: so little is read and written, and so seldom.
 */
export class VersionCopy {
  readonly #dir: string;
  readonly #files = new Map<string, CopiedFile>();
  /** Why there is no copy. */
  readonly #problem: unknown;
  /** When a file was last found to be another than before, in milliseconds since the epoch. */
  #changedAt = 0;

  /** Does not throw: what cannot be read now counts as damaged, and cannot be written again. */
  constructor(dir: string) {
    this.#dir = dir;
    try {
      const entries = readdirSync(dir, { withFileTypes: true });
      const names = entries.filter((entry) => entry.isFile() && !isMark(entry.name)).map(({ name }) => name);
      const bytes = names.reduce((sum, name) => sum + statSync(path.join(dir, name)).size, 0);
      for (const name of names) {
        const contents = bytes > copiedBytesAtMost ? undefined : readFileSync(path.join(dir, name));
        this.#files.set(name, { contents, stamp: stampOf(path.join(dir, name)) });
      }
    } catch (error) {
      this.#problem = error;
    }
  }

  /** Was any file missing, or another one than before, at some time since then? Milliseconds since the epoch. */
  wasDamagedSince(time: number): boolean {
    if (this.#changed().length > 0) this.#changedAt = Date.now();
    return this.#changedAt >= time || this.#problem !== undefined;
  }

  /**
   * Writes those files again that are not what they were.
   *
   * @returns whether any was written.
   * @throws the file system's error when that is not possible.
   */
  restore(): boolean {
    if (this.#problem !== undefined) throw this.#problem;
    const changed = this.#changed();
    if (changed.length === 0) return false;
    const batonDir = path.resolve(this.#dir, "..", "..");
    // Not into a folder that was deleted with all that its tasks need.
    if (!existsSync(path.dirname(batonDir))) throw new Error(`The folder ${path.dirname(batonDir)} is gone.`);
    const made = mkdirSync(this.#dir, { recursive: true });
    if (made === batonDir) writeFileSync(path.join(batonDir, ".gitignore"), "*\n");
    let isWritten = false;
    for (const [name, copied] of changed) {
      const file = path.join(this.#dir, name);
      if (!holds(file, copied)) {
        replace(file, copied.contents);
        isWritten = true;
      }
      copied.stamp = stampOf(file);
    }
    return isWritten;
  }

  #changed(): readonly [name: string, CopiedFile][] {
    return [...this.#files].filter(([name, { stamp }]) => stampOf(path.join(this.#dir, name)) !== stamp);
  }
}

function isMark(name: string): boolean {
  return name.startsWith(markPrefix);
}

/** Changes with whatever is done to the file or its rights; not with where it lies, which some file systems do not keep. */
function stampOf(file: string): string {
  try {
    const { ctimeMs, size } = statSync(file);
    return `${size} ${ctimeMs}`;
  } catch {
    return "";
  }
}

function holds(file: string, { contents, stamp }: CopiedFile): boolean {
  // Of a file that is not in memory its size says enough.
  if (contents === undefined) return sizeOf(stampOf(file)) === sizeOf(stamp);
  try {
    return readFileSync(file).equals(contents);
  } catch {
    return false;
  }
}

function sizeOf(stamp: string): string | undefined {
  return stamp.split(" ")[0];
}

/** Whoever reads it meanwhile sees the old file or the whole new one. */
function replace(file: string, contents: Buffer | undefined): void {
  if (contents === undefined)
    throw new Error(`The version is larger than 64 MiB, so it is not kept in memory. Changed: ${file}`);
  const unfinished = `${file}.${randomBytes(4).toString("hex")}`;
  try {
    writeFileSync(unfinished, contents);
    renameSync(unfinished, file);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
}
