import type { AttemptEnd } from "@baton/proto/contract/outcome";
import type { Logger } from "pino";
import { VersionUse } from "../build/version-use.ts";
import { VersionCopy } from "./version-copy.ts";

/** Milliseconds between two tries to write a damaged version again. */
const retryMs = 1_000;

/** The end of an attempt whose compiled files are missing or unreadable. */
export const endOfDamage: AttemptEnd = {
  type: "interrupted",
  code: "TASK_RUN_HEARTBEAT_TIMEOUT",
  message: "A compiled file of the version was missing or unreadable on the runner.",
};

/** Keeps the folders of a runner's versions. */
export type VersionKeeper = Pick<VersionFiles, keyof VersionFiles>;

/**
 * Keeps the folders of compiled versions from which threads of this runner import. Marks them as used, so that other
 * processes do not delete them, and repairs them, because runs must not fail when they are damaged.
 */
export class VersionFiles {
  readonly #use = new VersionUse();
  readonly #log: Logger;
  readonly #onChange: (dir: string) => void;
  readonly #copies = new Map<string, VersionCopy>();
  readonly #lost = new Set<string>();
  #timer: NodeJS.Timeout | undefined;

  /** @param onChange - called when a version is lost, and when it was written again */
  constructor(log: Logger, onChange: (dir: string) => void) {
    this.#log = log;
    this.#onChange = onChange;
  }

  /** Starts keeping the version in this folder. Resolves when it is marked as used; never rejects. */
  begin(dir: string): Promise<void> {
    if (!this.#copies.has(dir)) this.#copies.set(dir, new VersionCopy(dir));
    return this.#use.begin(dir);
  }

  /** Stops keeping all other versions. */
  keepOnly(dirs: ReadonlySet<string>): void {
    void this.#use.keepOnly(dirs);
    for (const dir of [...this.#copies.keys()].filter((known) => !dirs.has(known))) {
      this.#copies.delete(dir);
      this.#lost.delete(dir);
    }
  }

  /** Whether the version is damaged and cannot be written again. */
  isLost(dir: string): boolean {
    return this.#lost.has(dir);
  }

  /**
   * Whether the attempt failed because files of its version were damaged; writes them again then. Missing user files
   * and packages are the task's own failure.
   */
  areBlamed(dir: string, end: AttemptEnd, startedAt: number): boolean {
    const copy = this.#copies.get(dir);
    if (copy === undefined || !mayBeDamage(end, dir) || !copy.wasDamagedSince(startedAt)) return false;
    this.#restore(dir, copy);
    return true;
  }

  /** Stops keeping all versions, and removes their marks. */
  stop(): Promise<void> {
    clearInterval(this.#timer);
    return this.#use.end();
  }

  #restore(dir: string, copy: VersionCopy): void {
    const wasLost = this.#lost.has(dir);
    try {
      const isWritten = copy.restore();
      this.#lost.delete(dir);
      if (!isWritten && !wasLost) return;
      this.#log.warn({ dir }, "compiled version was damaged and is whole again");
    } catch (err) {
      if (wasLost) return;
      this.#lost.add(dir);
      this.#timer ??= setInterval(() => this.#retry(), retryMs).unref();
      this.#log.error({ err, dir }, "compiled version is damaged and cannot be written again");
    }
    this.#onChange(dir);
  }

  #retry(): void {
    for (const dir of [...this.#lost]) {
      const copy = this.#copies.get(dir);
      if (copy !== undefined) this.#restore(dir, copy);
    }
    if (this.#lost.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}

/** Whether the task could not be loaded, or the error's message names the version's folder, as for a late import. */
function mayBeDamage(end: AttemptEnd, dir: string): boolean {
  if (end.type !== "failed") return false;
  const { error } = end;
  if (error.type === "internal" && (error.code === "COULD_NOT_IMPORT_TASK" || error.code === "COULD_NOT_FIND_EXECUTOR"))
    return true;
  return "message" in error && error.message?.includes(dir) === true;
}
