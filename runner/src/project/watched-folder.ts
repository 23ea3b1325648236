import { type Dirent, type FSWatcher, watch } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import path from "node:path";

/** Starts to listen to one folder; as `fs.watch`. */
export type ListenToFolder = (
  dir: string,
  listener: (event: string, name: string | null) => void,
) => Pick<FSWatcher, "close" | "on">;

/**
 * What is watched of a file: nothing, whether it exists, or what is in it. Most files of a project are no input of a
 * build, and to look at each of them would take seconds in a large one.
 */
export type WatchedPart = "content" | "existence" | "nothing";

/** What one look at a folder found. Paths are absolute. */
export interface FolderLook {
  /** False: no folder has this path. */
  readonly exists: boolean;
  /** Files that were here before and are other ones now. */
  readonly edited: readonly string[];
  /** Files that are new or gone. */
  readonly moved: readonly string[];
  /** A file is missing. Whether it is gone is for the next look to say, because editors replace files. */
  readonly isUnsure: boolean;
  readonly folders: readonly string[];
  /** Folders that were in it before and are not now. */
  readonly goneFolders: readonly string[];
  /** The system's code for why its changes are not told; absent: they are. */
  readonly refusal?: string;
}

/**
 * One folder and what was in it at the last look. An event of the file system only says that it is time to look again;
 * what has changed is found by comparing. So no lost, doubled or misleading event matters for long.
 */
export class WatchedFolder {
  readonly dir: string;
  readonly #partOf: (file: string) => WatchedPart;
  readonly #listen: ListenToFolder | undefined;
  readonly #onEvent: () => void;
  #watcher: Pick<FSWatcher, "close" | "on"> | undefined;
  /** Which folder has the path; another one may take its place. */
  #identity: string | undefined;
  /** The state of each file; {@link unseen} of those whose content nobody looked at. */
  readonly #files = new Map<string, string>();
  readonly #missing = new Set<string>();
  #folders: readonly string[] = [];
  #hasLooked = false;
  #isClosed = false;

  /**
   * @param partOf - What matters of this file?
   * @param listen - Absent: nothing is listened to.
   * @param onEvent - Called when it is time to look.
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

  /** Should it be listened to, and cannot? */
  get isDeaf(): boolean {
    return this.#listen !== undefined && this.#watcher === undefined;
  }

  /** Has another folder taken its place? */
  async isReplaced(): Promise<boolean> {
    return this.#identity !== (await identityOf(this.dir));
  }

  /** Looks at the folder. Never rejects. */
  async look(): Promise<FolderLook> {
    const identity = await identityOf(this.dir);
    if (identity === undefined || this.#isClosed) return this.#vanish();
    // Before reading, so that nothing happens unnoticed between the two.
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

  /** Remembers the content of a file of this folder, unless it is known already. Returns when such a file was changed. */
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

  /** Returns the system's code when it refuses. */
  #listenTo(identity: string): string | undefined {
    if (identity !== this.#identity) this.#stopListening();
    this.#identity = identity;
    if (this.#watcher !== undefined || this.#listen === undefined) return undefined;
    try {
      const watcher = this.#listen(this.dir, (event, name) => {
        // An event of its own has the folder's name. After its end this watcher is deaf, and a new folder with the same
        // path may even have the same number.
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

  /** A task may write to a file of its own in a loop. */
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
      // One that came after the first look may be an input of the next build.
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

/** The state of a file of which only its existence is known. */
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

/** The state of a file and when it changed, in milliseconds since the epoch; undefined: no file has this path. */
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

/** A process that has too many files open must not take its files for deleted. */
function isAbsence(error: unknown): boolean {
  return ["ENOENT", "ENOTDIR", "ELOOP"].includes(codeOf(error));
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}
