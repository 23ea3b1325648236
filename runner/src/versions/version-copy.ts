import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { markPrefix } from "../build/version-use.ts";

/** Larger versions are not kept in memory and cannot be written again. */
const copiedBytesAtMost = 64 * 1024 * 1024;

interface CopiedFile {
  /** Undefined when the version is too large. */
  readonly contents: Buffer | undefined;
  /** Size and time of change when the file was last known to be intact. */
  stamp: string;
}

/**
 * Keeps the compiled files of a version in memory while a runner uses it, because threads import them all that time and
 * other programs may delete them. Works synchronously, because it reads and writes little and rarely.
 */
export class VersionCopy {
  readonly #dir: string;
  readonly #files = new Map<string, CopiedFile>();
  /** The error when there is no copy. */
  readonly #problem: unknown;
  /** When a changed file was last found, in milliseconds since the epoch. */
  #changedAt = 0;

  /** Copies the version. Never throws: a version that cannot be read counts as damaged and cannot be written again. */
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

  /** Whether a missing or changed file was found since `time`, in milliseconds since the epoch. */
  wasDamagedSince(time: number): boolean {
    if (this.#changed().length > 0) this.#changedAt = Date.now();
    return this.#changedAt >= time || this.#problem !== undefined;
  }

  /**
   * Writes missing and changed files again.
   *
   * @returns whether a file was written
   * @throws the file system's error when a file cannot be written.
   */
  restore(): boolean {
    if (this.#problem !== undefined) throw this.#problem;
    const changed = this.#changed();
    if (changed.length === 0) return false;
    const batonDir = path.resolve(this.#dir, "..", "..");
    // A deleted project is not created again: its tasks need more than the compiled files.
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

/**
 * Returns a stamp that changes with the file's content and permissions. It leaves out the inode number, which some file
 * systems do not keep.
 */
function stampOf(file: string): string {
  try {
    const { ctimeMs, size } = statSync(file);
    return `${size} ${ctimeMs}`;
  } catch {
    return "";
  }
}

function holds(file: string, { contents, stamp }: CopiedFile): boolean {
  // The size is enough for a file that is not in memory.
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

/** Replaces a file atomically: readers see the old or the complete new file. */
function replace(file: string, contents: Buffer | undefined): void {
  if (contents === undefined)
    throw new Error(
      `The version is larger than ${copiedBytesAtMost / 1024 ** 2} MiB, so it is not kept in memory. Changed: ${file}`,
    );
  const unfinished = `${file}.${randomBytes(4).toString("hex")}`;
  try {
    writeFileSync(unfinished, contents);
    renameSync(unfinished, file);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
}
