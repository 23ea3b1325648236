import { type Dirent, type FSWatcher, watch } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import path from "node:path";

/** Starts to listen to one folder, like `fs.watch`. */
export type ListenToFolder = (
  dir: string,
  listener: (event: string, name: string | null) => void,
) => Pick<FSWatcher, "close" | "on">;

/**
 * What is watched of a file: nothing, its existence, or its content. Most files of a project are not inputs of a build,
 * and checking each of them would take seconds in a large project.
 */
export type WatchedPart = "content" | "existence" | "nothing";

/** The findings of one check of a folder. Paths are absolute. */
export interface FolderLook {
  /** Whether a folder has this path. */
  readonly exists: boolean;
  /** Existing files whose state changed. */
  readonly edited: readonly string[];
  /** Files that are new or gone. */
  readonly moved: readonly string[];
  /** Whether a file is missing. The next check decides whether it is gone, because editors replace files. */
  readonly isUnsure: boolean;
  readonly folders: readonly string[];
  /** Subfolders that disappeared. */
  readonly goneFolders: readonly string[];
  /** The system's error code when the folder cannot be watched; absent when it can. */
  readonly refusal?: string;
}

/**
 * One folder and its contents at the last check. An event of the file system only causes another check; changes are
 * found by comparison. So lost, repeated or misleading events do not matter for long.
 */
export class WatchedFolder {
  readonly dir: string;
  readonly #partOf: (file: string) => WatchedPart;
  readonly #listen: ListenToFolder | undefined;
  readonly #onEvent: () => void;
  #watcher: Pick<FSWatcher, "close" | "on"> | undefined;
  /** Identifies the folder at the path, which another one may replace. */
  #identity: string | undefined;
  /** The state of each file; {@link unseen} for files whose content was not checked. */
  readonly #files = new Map<string, string>();
  readonly #missing = new Set<string>();
  #folders: readonly string[] = [];
  #hasLooked = false;
  #isClosed = false;

  /**
   * @param partOf - returns what to watch of a file
   * @param listen - undefined when the folder is only checked at intervals
   * @param onEvent - called when the folder should be checked
   */
  constructor(
    dir: string,
    partOf: (file: string) => WatchedPart,
    listen: ListenToFolder | undefined,
    onEvent: () => void,
  ) {
    this.dir = dir;
    this.#partOf = partOf;
    this.#listen = listen;
    this.#onEvent = onEvent;
  }

  /** Whether listening is wanted and not possible. */
  get isDeaf(): boolean {
    return this.#listen !== undefined && this.#watcher === undefined;
  }

  /** Whether another folder has replaced this one. */
  async isReplaced(): Promise<boolean> {
    return this.#identity !== (await identityOf(this.dir));
  }

  /** Checks the folder. Never rejects. */
  async look(): Promise<FolderLook> {
    const identity = await identityOf(this.dir);
    if (identity === undefined || this.#isClosed) return this.#vanish();
    // Listening begins before reading, so that no change between the two is missed.
    const refusal = this.#listenTo(identity);
    let entries: readonly Dirent[];
    try {
      entries = await readdir(this.dir, { withFileTypes: true });
    } catch (error) {
      const nothing = { edited: [], moved: [], folders: [], goneFolders: [] };
      return { exists: true, ...nothing, isUnsure: false, refusal: codeOf(error) };
    }
    const pathOf = ({ name }: Dirent) => path.join(this.dir, name);
    const before = this.#folders;
    this.#folders = entries.filter((entry) => entry.isDirectory()).map(pathOf);
    const folders = new Set(this.#folders);
    const files = entries.filter((entry) => !entry.isDirectory()).map(pathOf);
    return {
      exists: true,
      ...(await this.#compare(files)),
      folders: this.#folders,
      goneFolders: before.filter((folder) => !folders.has(folder)),
      ...(refusal === undefined ? {} : { refusal }),
    };
  }

  /**
   * Remembers the state of a file in this folder unless it is known. Returns the time of its last change; undefined
   * when it was known or cannot be read.
   */
  async learn(file: string): Promise<number | undefined> {
    if ((this.#files.get(file) ?? unseen) !== unseen) return undefined;
    const found = await stateOf(file);
    if (found === undefined || found === "unreadable") return undefined;
    this.#files.set(file, found.state);
    return found.changedAt;
  }

  /** Stops listening. */
  close(): void {
    this.#isClosed = true;
    this.#stopListening();
  }

  #vanish(): FolderLook {
    this.#stopListening();
    const moved = [...this.#files.keys()];
    const goneFolders = this.#folders;
    this.#files.clear();
    this.#missing.clear();
    this.#folders = [];
    return { exists: false, edited: [], moved, isUnsure: false, folders: [], goneFolders };
  }

  #stopListening(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
    this.#identity = undefined;
  }

  /** Starts listening. Returns the system's error code when that fails. */
  #listenTo(identity: string): string | undefined {
    if (identity !== this.#identity) this.#stopListening();
    this.#identity = identity;
    if (this.#watcher !== undefined || this.#listen === undefined) return undefined;
    try {
      const watcher = this.#listen(this.dir, (event, name) => {
        // An event of the folder itself has its name. When the folder is deleted, this watcher gets no more events, and
        // a new folder with the same path may even have the same inode number.
        if (name === null || name === path.basename(this.dir)) this.#identity = undefined;
        if (this.#isWorthALook(event, name)) this.#onEvent();
      });
      watcher.on("error", () => {
        if (this.#watcher === watcher) this.#stopListening();
        this.#onEvent();
      });
      this.#watcher = watcher;
      return undefined;
    } catch (error) {
      return codeOf(error);
    }
  }

  /** Whether an event needs a check. Changes of unwatched files do not, because a task may write to one in a loop. */
  #isWorthALook(event: string, name: string | null): boolean {
    if (event !== "change" || name === null) return true;
    const file = path.join(this.dir, name);
    return this.#partOf(file) === "content" || this.#folders.includes(file);
  }

  async #compare(present: readonly string[]): Promise<Pick<FolderLook, "edited" | "isUnsure" | "moved">> {
    const edited: string[] = [];
    const moved: string[] = [];
    const absent = new Set(this.#files.keys());
    for (const file of present) {
      const part = this.#partOf(file);
      const before = this.#files.get(file);
      if (part === "nothing" && before === undefined) continue;
      // A file that was created after the first check may be an input of the next build.
      const isLookedAt = part === "content" || (before === undefined && this.#hasLooked);
      const found = isLookedAt ? await stateOf(file) : { state: before ?? unseen };
      if (found === undefined) continue;
      absent.delete(file);
      this.#missing.delete(file);
      if (found === "unreadable") continue;
      if (before === found.state) continue;
      this.#files.set(file, found.state);
      if (before === undefined) moved.push(file);
      else if (before !== unseen) edited.push(file);
    }
    this.#hasLooked = true;
    for (const file of absent) {
      if (!this.#missing.delete(file)) {
        this.#missing.add(file);
      } else {
        this.#files.delete(file);
        moved.push(file);
      }
    }
    return { edited, moved, isUnsure: this.#missing.size > 0 };
  }
}

/** The state of a file of which only the existence is known. */
const unseen = "unseen";

/** Listens with `fs.watch`. */
export const listenToFolder: ListenToFolder = (dir, listener) => watch(dir, listener);

async function identityOf(dir: string): Promise<string | undefined> {
  try {
    const stats = await stat(dir, { bigint: true });
    return stats.isDirectory() ? `${stats.dev} ${stats.ino} ${stats.birthtimeNs}` : undefined;
  } catch (error) {
    return isAbsence(error) ? undefined : "unreadable";
  }
}

/**
 * Returns the state of a file and the time of its last change, in milliseconds since the epoch; undefined when no file
 * has this path.
 */
async function stateOf(
  file: string,
): Promise<{ readonly state: string; readonly changedAt: number } | "unreadable" | undefined> {
  try {
    const { ino, size, mtimeMs, ctimeMs } = await stat(file);
    return { state: `${ino} ${size} ${mtimeMs} ${ctimeMs}`, changedAt: ctimeMs };
  } catch (error) {
    return isAbsence(error) ? undefined : "unreadable";
  }
}

/** Whether an error means that a path does not exist. Other errors, such as too many open files, do not mean that. */
function isAbsence(error: unknown): boolean {
  return ["ENOENT", "ENOTDIR", "ELOOP"].includes(codeOf(error));
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}
