import { realpathSync } from "node:fs";
import path from "node:path";
import type { BuildOptions } from "../build/build-version.ts";
import { inputsOf, onInputsRecorded } from "../build/project-inputs.ts";
import {
  type FolderLook,
  type ListenToFolder,
  listenToFolder,
  WatchedFolder,
  type WatchedPart,
} from "./watched-folder.ts";
import { isSettingsName, isSkippedFolder, isSourceName } from "./watched-name.ts";

/** Options of a watch. */
export interface WatchOptions extends Pick<BuildOptions, "projectDir"> {
  /**
   * Interval in milliseconds at which every folder is checked, instead of listening to the file system, whose events do
   * not arrive from network drives and in some virtual machines.
   */
  readonly pollMs?: number | undefined;
  /** @defaultValue `fs.watch` */
  readonly listen?: ListenToFolder;
}

/** Receives the changes of a watched project. */
export interface WatchListener {
  /**
   * Files that may matter to a build were changed, created or deleted; absolute paths. If none of them matters,
   * `buildVersion` gives the same hash.
   */
  onChange(files: readonly string[]): void;
  /** Changes in these folders are not seen. Called once for each folder, but only once for a limit of the system. */
  onLeftOut(folders: LeftOutFolders): void;
}

/** Folders that cannot be watched. */
export interface LeftOutFolders {
  /**
   * The system's error code, such as `EACCES`, `ENOSPC` or `EMFILE`; `TOO_MANY_FOLDERS` for folders beyond
   * {@link maxWatchedFolders}.
   */
  readonly code: string;
  /** Absolute. */
  readonly folders: readonly string[];
}

/** A watch on a project. */
export interface ProjectWatch {
  /**
   * Sets whether a change of any source file counts, because the last build failed and may not have read all its files.
   */
  setBroken(isBroken: boolean): void;
  /** Stops watching. The listener is not called again. May be called twice. */
  close(): Promise<void>;
}

/** Limits the number of watched folders. */
export const maxWatchedFolders = 5_000;

/**
 * Delay from an event to the check of its folder. A change is reported when the next check finds no other.
 * Milliseconds.
 */
const lookDelayMs = 50;
/** Continuing changes are reported after this time in any case. Milliseconds. */
const settleLimitMs = 1_000;
/** Interval at which missing watched folders are checked. Milliseconds. */
const absentMs = 500;
/** Limits how far the clock of a file system may be behind. Milliseconds. */
const clockLagMs = 20;
const looksAtOnce = 16;

/**
 * Watches a project: all its folders except packages, output folders and hidden ones, and the folders of other files
 * that the newest compilation read. Folders are watched instead of files, because editors replace files. Resolves when
 * every further change will be seen.
 */
export async function watchProject(options: WatchOptions, listener: WatchListener): Promise<ProjectWatch> {
  const watch = new FolderWatch(options, listener);
  await watch.start();
  return watch;
}

class FolderWatch implements ProjectWatch {
  readonly #projectDir: string;
  readonly #pollMs: number | undefined;
  readonly #listen: ListenToFolder | undefined;
  readonly #listener: WatchListener;
  readonly #folders = new Map<string, WatchedFolder>();
  /** Folders of the project, whose subfolders are watched too. */
  readonly #trees = new Set<string>();
  /** Folders to check, because something may have happened in them. */
  readonly #due = new Set<string>();
  /** Folders that did not exist at the last check. */
  readonly #absent = new Set<string>();
  readonly #changed = new Set<string>();
  /** Left-out folders that have not been reported, by the system's error code. */
  readonly #leftOut = new Map<string, string[]>();
  readonly #toldAsLeftOut = new Set<string>();
  #firstChangeAt = 0;
  /** The earliest time at which a build that ends now can have begun. Milliseconds since the epoch. */
  #buildsSince = Date.now();
  #isBroken = false;
  #timer: NodeJS.Timeout | undefined;
  #isTimerUrgent = false;
  #isLooking = false;
  #work: Promise<void> = Promise.resolve();
  #stopListening: () => void = () => undefined;
  #isClosed = false;

  constructor({ projectDir, pollMs, listen = listenToFolder }: WatchOptions, listener: WatchListener) {
    this.#projectDir = realpathSync(path.resolve(projectDir));
    this.#pollMs = pollMs;
    this.#listen = pollMs === undefined ? listen : undefined;
    this.#listener = listener;
  }

  async start(): Promise<void> {
    this.#add(this.#projectDir);
    this.#trees.add(this.#projectDir);
    await this.#lookAtDue();
    this.#changed.clear();
    this.#stopListening = onInputsRecorded(this.#projectDir, () => {
      this.#work = this.#work.then(() => this.#learnInputs());
    });
    this.#plan();
  }

  setBroken(isBroken: boolean): void {
    if (isBroken && !this.#isBroken) for (const dir of this.#folders.keys()) this.#due.add(dir);
    this.#isBroken = isBroken;
    this.#plan();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#stopListening();
    clearTimeout(this.#timer);
    for (const folder of this.#folders.values()) folder.close();
    await this.#work;
  }

  #add(dir: string): WatchedFolder {
    const folder = new WatchedFolder(
      dir,
      (file) => this.#partOf(file),
      this.#listen,
      () => {
        this.#due.add(dir);
        this.#plan();
      },
    );
    this.#folders.set(dir, folder);
    this.#due.add(dir);
    return folder;
  }

  #partOf(file: string): WatchedPart {
    if (isSettingsName(file) || inputsOf(this.#projectDir).has(file)) return "content";
    if (!isSourceName(file)) return "nothing";
    return this.#isBroken ? "content" : "existence";
  }

  /**
   * Plans the next check. Does not postpone a planned one, so that a file written in a loop cannot hide other changes.
   */
  #plan(): void {
    const isUrgent = this.#due.size > 0 || this.#changed.size > 0;
    if (this.#isClosed || this.#isLooking || (this.#timer !== undefined && (this.#isTimerUrgent || !isUrgent))) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const delayMs = isUrgent ? lookDelayMs : (this.#pollMs ?? (this.#absent.size > 0 ? absentMs : undefined));
    if (delayMs === undefined) return;
    this.#isTimerUrgent = isUrgent;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#isLooking = true;
      this.#work = this.#work.then(() => this.#onTime(!isUrgent));
    }, delayMs);
  }

  async #onTime(isPoll: boolean): Promise<void> {
    if (isPoll && this.#pollMs !== undefined) for (const dir of this.#folders.keys()) this.#due.add(dir);
    for (const dir of this.#absent) this.#due.add(dir);
    // The reason for not watching may be gone.
    for (const [dir, folder] of this.#folders) if (folder.isDeaf) this.#due.add(dir);
    const hasNews = await this.#lookAtDue();
    this.#isLooking = false;
    if (this.#isClosed) return;
    if (hasNews && this.#firstChangeAt === 0) this.#firstChangeAt = performance.now();
    const isSettled = !hasNews || performance.now() - this.#firstChangeAt > settleLimitMs;
    if (this.#changed.size > 0 && isSettled) {
      const files = [...this.#changed];
      this.#changed.clear();
      this.#firstChangeAt = 0;
      this.#buildsSince = Date.now();
      this.#listener.onChange(files);
    }
    this.#plan();
  }

  /** Checks the folders that are due. Returns whether something changed; folders with changes are checked once more. */
  async #lookAtDue(): Promise<boolean> {
    let dirs = [...this.#due];
    this.#due.clear();
    let hasNews = false;
    while (dirs.length > 0 && !this.#isClosed) {
      const found = await Promise.all(dirs.slice(0, looksAtOnce).map((dir) => this.#lookAt(dir)));
      for (const { isNews } of found) hasNews ||= isNews;
      dirs = [...found.flatMap(({ folders }) => folders), ...dirs.slice(looksAtOnce)];
    }
    if (!this.#isClosed) this.#tellLeftOut();
    return hasNews;
  }

  /** Checks one folder. Returns whether it changed, and the folders to check next. */
  async #lookAt(dir: string, isFirst = false): Promise<{ readonly isNews: boolean; readonly folders: string[] }> {
    const look = await this.#folders.get(dir)?.look();
    if (look === undefined) return { isNews: false, folders: [] };
    this.#due.delete(dir);
    const news = [...(isFirst ? [] : look.moved), ...look.edited];
    for (const file of news) this.#changed.add(file);
    const isNews = news.length > 0 || look.isUnsure;
    if (isNews) this.#due.add(dir);
    if (look.refusal !== undefined) this.#leaveOut(look.refusal, dir);
    if (look.exists) this.#absent.delete(dir);
    else this.#miss(dir);
    return { isNews, folders: [...look.goneFolders, ...(await this.#newFoldersOf(dir, look))] };
  }

  /** Handles a missing folder. A folder of the project is found again through its parent. */
  #miss(dir: string): void {
    if (this.#trees.has(dir) && dir !== this.#projectDir) this.#remove(dir);
    else this.#absent.add(dir);
  }

  #remove(dir: string): void {
    this.#folders.get(dir)?.close();
    this.#folders.delete(dir);
    this.#trees.delete(dir);
    this.#absent.delete(dir);
    this.#due.delete(dir);
  }

  async #newFoldersOf(dir: string, { folders }: FolderLook): Promise<string[]> {
    if (!this.#trees.has(dir)) return [];
    const found: string[] = [];
    for (const folder of folders) {
      if (isSkippedFolder(path.basename(folder))) continue;
      const known = this.#folders.get(folder);
      const isKnown = known !== undefined && this.#trees.has(folder);
      if (isKnown && !(await known.isReplaced())) continue;
      if (known === undefined && this.#folders.size >= maxWatchedFolders) {
        this.#leaveOut("TOO_MANY_FOLDERS", folder);
        continue;
      }
      if (known === undefined) this.#add(folder);
      this.#due.delete(folder);
      this.#trees.add(folder);
      found.push(folder);
    }
    return found;
  }

  /** Watches the files that the newest compilation read, and no longer those that only an earlier one did. */
  async #learnInputs(): Promise<void> {
    const inputs = inputsOf(this.#projectDir);
    const wanted = new Set([...inputs].map((file) => path.dirname(file)));
    for (const dir of this.#folders.keys()) if (!this.#trees.has(dir) && !wanted.has(dir)) this.#remove(dir);
    const added = [...wanted].filter((dir) => !this.#folders.has(dir));
    for (const dir of added) this.#add(dir);
    for (const file of inputs) {
      const changedAt = await this.#folders.get(path.dirname(file))?.learn(file);
      // The build may have read the file before that change.
      if (changedAt !== undefined && changedAt >= this.#buildsSince - clockLagMs) this.#changed.add(file);
    }
    // The other files in these folders are not changes.
    for (const dir of added) await this.#lookAt(dir, true);
    if (!this.#isClosed) this.#tellLeftOut();
    this.#plan();
  }

  #leaveOut(code: string, dir: string): void {
    // A limit of the system concerns all further folders too, and is reported once.
    const reason = code === "EACCES" || code === "EPERM" ? `${code} ${dir}` : code;
    if (this.#toldAsLeftOut.has(reason)) return;
    this.#leftOut.set(code, [...(this.#leftOut.get(code) ?? []), dir]);
  }

  #tellLeftOut(): void {
    for (const [code, folders] of this.#leftOut) {
      for (const dir of folders)
        this.#toldAsLeftOut.add(code === "EACCES" || code === "EPERM" ? `${code} ${dir}` : code);
      this.#listener.onLeftOut({ code, folders });
    }
    this.#leftOut.clear();
  }
}
