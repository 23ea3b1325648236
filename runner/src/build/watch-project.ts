import { type Dirent, type FSWatcher, readdirSync, realpathSync, watch } from "node:fs";
import path from "node:path";
import type { BuildOptions } from "./build-version.ts";
import { inputsOf, onInputsRecorded } from "./project-inputs.ts";

/** A project that is being watched. */
export interface ProjectWatch {
  /** Stops watching; `onChange` is not called any more. May come twice. */
  close(): Promise<void>;
}

/** Changes that follow each other within this time are one change. Milliseconds. */
export const watchDebounceMs = 100;

const configFileName = /^(?:baton|trigger)\.config\.[mc]?[jt]s$|^tsconfig.*\.json$|^package\.json$|^\.env$/;
const taskFileName = /\.(?:ts|tsx|mts|cts|js|jsx|mjs|cjs)$/;
const skippedFolder = /^(?:\..*|node_modules|dist|build|out|coverage)$/;
const maxWatchedFolders = 5_000;

/**
 * Watches a project: every folder of it but `node_modules`, output and dot folders, and the folders of files elsewhere
 * that went into the newest compilation. Folders are watched instead of files, because editors replace files.
 *
 * @param onChange - Called after source files, configuration or files that went into the bundle changed. It may be
 * called when nothing that matters did; `buildVersion` then gives the same hash.
 */
export function watchProject(options: Pick<BuildOptions, "projectDir">, onChange: () => void): ProjectWatch {
  const projectDir = realpathSync(path.resolve(options.projectDir));
  const watchers = new Map<string, FSWatcher>();
  let isClosed = false;
  let timer: NodeJS.Timeout | undefined;

  const onEvent = (dir: string, name: string | null) => {
    if (isClosed || (name !== null && !matters(projectDir, path.join(dir, name)))) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      refresh();
      onChange();
    }, watchDebounceMs);
  };
  const add = (dir: string) => {
    if (isClosed || watchers.has(dir) || watchers.size >= maxWatchedFolders) return;
    try {
      const watcher = watch(dir, (_event, name) => onEvent(dir, name));
      watchers.set(dir, watcher);
      // A folder that is removed while it is watched; its parent tells of that.
      watcher.on("error", () => remove(dir));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
  };
  const remove = (dir: string) => {
    watchers.get(dir)?.close();
    watchers.delete(dir);
  };
  const refresh = () => {
    const wanted = new Set(foldersOf(projectDir));
    for (const file of inputsOf(projectDir)) wanted.add(path.dirname(file));
    for (const dir of watchers.keys()) if (!wanted.has(dir)) remove(dir);
    for (const dir of wanted) add(dir);
  };

  refresh();
  const stopListening = onInputsRecorded(projectDir, refresh);
  return {
    async close() {
      isClosed = true;
      stopListening();
      clearTimeout(timer);
      for (const dir of watchers.keys()) remove(dir);
    },
  };
}

/** A name without an extension may be a folder, with task files in it. */
function matters(projectDir: string, file: string): boolean {
  const name = path.basename(file);
  if (skippedFolder.test(name) && name !== ".env") return false;
  const isKnownKind = taskFileName.test(name) || configFileName.test(name) || path.extname(name) === "";
  return isKnownKind || inputsOf(projectDir).has(file);
}

function foldersOf(dir: string): string[] {
  const folders: string[] = [];
  const left = [dir];
  for (let next = left.shift(); next !== undefined && folders.length < maxWatchedFolders; next = left.shift()) {
    folders.push(next);
    for (const entry of entriesOf(next)) {
      if (entry.isDirectory() && !skippedFolder.test(entry.name)) left.push(path.join(next, entry.name));
    }
  }
  return folders;
}

function entriesOf(dir: string): Dirent[] {
  try {
    return readdirSync(dir, { withFileTypes: true });
  } catch {
    return [];
  }
}
