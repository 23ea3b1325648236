import { randomBytes } from "node:crypto";
import { readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import path from "node:path";

/** The prefix of marks' names. */
export const markPrefix = ".used-by-";
const refreshMs = 60_000;
/** A mark that was not refreshed for this many milliseconds is void, unless its process is known to live. */
const staleMs = 5 * refreshMs;

/**
 * Marks the folders of versions that this process uses, so that no other process deletes them. An attempt may import a
 * part of its version long after it began.
 */
export class VersionUse {
  readonly #markName = `${markPrefix}${process.pid}-${randomBytes(4).toString("hex")}`;
  readonly #dirs = new Set<string>();
  #timer: NodeJS.Timeout | undefined;

  /** Marks the folder of a version as used. Resolves when the mark is written; never rejects. */
  async begin(dir: string): Promise<void> {
    this.#dirs.add(dir);
    this.#timer ??= setInterval(() => void this.#refresh(), refreshMs).unref();
    await this.#mark(dir);
  }

  /** Removes the marks of all other versions. */
  async keepOnly(dirs: ReadonlySet<string>): Promise<void> {
    const ended = [...this.#dirs].filter((dir) => !dirs.has(dir));
    for (const dir of ended) this.#dirs.delete(dir);
    await Promise.all(ended.map((dir) => rm(path.join(dir, this.#markName), { force: true }).catch(() => undefined)));
  }

  /** Removes every mark. */
  async end(): Promise<void> {
    clearInterval(this.#timer);
    await this.keepOnly(new Set());
  }

  /**
   * Writes a mark. Ignores failures: another process of this user cannot delete a folder that is not writable either.
   */
  async #mark(dir: string): Promise<void> {
    const owner = JSON.stringify({ pid: process.pid, hostname: hostname() });
    await writeFile(path.join(dir, this.#markName), owner).catch(() => undefined);
  }

  async #refresh(): Promise<void> {
    const now = new Date();
    for (const dir of this.#dirs) {
      await utimes(path.join(dir, this.#markName), now, now).catch(() => this.#mark(dir));
    }
  }
}

/** Whether a process uses the version in this folder. */
export async function isInUse(dir: string): Promise<boolean> {
  const names = await readdir(dir).catch(() => []);
  for (const name of names) {
    if (name.startsWith(markPrefix) && (await isInForce(path.join(dir, name)))) return true;
  }
  return false;
}

/**
 * Whether a mark counts: a paused process lives without refreshing, and a process in another container cannot be
 * checked.
 */
async function isInForce(mark: string): Promise<boolean> {
  try {
    if (Date.now() - (await stat(mark)).mtimeMs < staleMs) return true;
    const owner = JSON.parse(await readFile(mark, "utf8")) as { readonly pid: number; readonly hostname: string };
    return owner.hostname === hostname() && isAlive(owner.pid);
  } catch {
    return false;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
