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

/** What to watch, and how. */
export interface WatchOptions extends Pick<BuildOptions, "projectDir"> {
  /**
   * Looks at every folder this often, in milliseconds, instead of listening to the file system, whose events do not
   * arrive from network drives and in some virtual machines.
   */
  readonly pollMs?: number | undefined;
  /** @defaultValue `fs.watch` */
  readonly listen?: ListenToFolder;
}

/** What is told about a project that is watched. */
export interface WatchListener {
  /**
   * These files were changed, made or deleted, and may matter to a build; absolute paths. `buildVersion` gives the same
   * hash when nothing that matters was.
   */
  onChange(files: readonly string[]): void;
  /** Changes in these folders are not seen. Comes once for each folder, and once in all for a limit of the system. */
  onLeftOut(folders: LeftOutFolders): void;
}

/** Folders that are not watched. */
export interface LeftOutFolders {
  /** The system's code: `EACCES`, `ENOSPC`, `EMFILE`, …; `TOO_MANY_FOLDERS` beyond {@link maxWatchedFolders}. */
  readonly code: string;
  /** Absolute. */
  readonly folders: readonly string[];
}

/** A project that is being watched. */
export interface ProjectWatch {
  /** After a build that failed, which may not have read all of its files, a change of any source counts. */
  setBroken(isBroken: boolean): void;
  /** Stops watching; the listener is not called any more. May come twice. */
  close(): Promise<void>;
}

/** How many folders are watched at most. */
export const maxWatchedFolders = 5_000;

/** From an event to the look at its folder. A change is told when the next look finds no other. Milliseconds. */
const lookDelayMs = 50;
/** Changes that go on are told after this, all the same. Milliseconds. */
const settleLimitMs = 1_000;
/** How often a folder that is watched and does not exist is looked for. Milliseconds. */
const absentMs = 500;
/** The clock of a file system may be behind by this. Milliseconds. */
const clockLagMs = 20;
const looksAtOnce = 16;

/**
 * Watches a project: every folder of it but packages, output and hidden folders, and the folders of files elsewhere that
 * went into the newest compilation. Folders are watched instead of files, because editors replace files. Resolves when
 * every change from now on is seen.
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
  /** Folders of the project: those in them are watched too. */
  readonly #trees = new Set<string>();
  /** Something happened in these folders. */
  readonly #due = new Set<string>();
  /** These folders did not exist at the last look. */
  readonly #absent = new Set<string>();
  readonly #changed = new Set<string>();
  /** By the system's code, what is to be told. */
  readonly #leftOut = new Map<string, string[]>();
  readonly #toldAsLeftOut = new Set<string>();
  #firstChangeAt = 0;
  /** A build that ends now began no earlier. Milliseconds since the epoch. */
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

  /** A look that is planned is not put off: what is written in a loop must not hide the rest. */
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
    // The reason may have ended.
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

  /** Did something change? Folders in which it did are looked at once more. */
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

  /** Returns the folders that have to be looked at because of what was found. */
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

  /** A folder of the project is found again through the one above it. */
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

  /** Watches what the newest compilation read, and nothing that only an earlier one did. */
  async #learnInputs(): Promise<void> {
    const inputs = inputsOf(this.#projectDir);
    const wanted = new Set([...inputs].map((file) => path.dirname(file)));
    for (const dir of this.#folders.keys()) if (!this.#trees.has(dir) && !wanted.has(dir)) this.#remove(dir);
    const added = [...wanted].filter((dir) => !this.#folders.has(dir));
    for (const dir of added) this.#add(dir);
    for (const file of inputs) {
      const changedAt = await this.#folders.get(path.dirname(file))?.learn(file);
      // The build may have read it before that.
      if (changedAt !== undefined && changedAt >= this.#buildsSince - clockLagMs) this.#changed.add(file);
    }
    // The files beside the inputs are no news.
    for (const dir of added) await this.#lookAt(dir, true);
    if (!this.#isClosed) this.#tellLeftOut();
    this.#plan();
  }

  #leaveOut(code: string, dir: string): void {
    // A limit of the system concerns every folder after the first, and is told once.
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
