import { type FSWatcher, watch } from "node:fs";
import { readdir, realpath } from "node:fs/promises";
import path from "node:path";
import type { BuildOptions } from "./build-version.ts";
import { inputsOf } from "./project-inputs.ts";

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
export async function watchProject(
  options: Pick<BuildOptions, "projectDir">,
  onChange: () => void,
): Promise<ProjectWatch> {
  const projectDir = await realpath(path.resolve(options.projectDir));
  const watchers = new Map<string, FSWatcher>();
  let isClosed = false;
  let timer: NodeJS.Timeout | undefined;

  const onEvent = (dir: string, name: string | null) => {
    if (isClosed || (name !== null && !matters(projectDir, path.join(dir, name)))) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      void refresh().finally(() => {
        if (!isClosed) onChange();
      });
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
  const refresh = async () => {
    const wanted = new Set(await foldersOf(projectDir));
    for (const file of inputsOf(projectDir)) wanted.add(path.dirname(file));
    for (const dir of watchers.keys()) if (!wanted.has(dir)) remove(dir);
    for (const dir of wanted) add(dir);
  };

  await refresh();
  return {
    async close() {
      isClosed = true;
      clearTimeout(timer);
      for (const dir of [...watchers.keys()]) remove(dir);
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

async function foldersOf(dir: string): Promise<string[]> {
  const folders: string[] = [];
  const left = [dir];
  for (let next = left.shift(); next !== undefined && folders.length < maxWatchedFolders; next = left.shift()) {
    folders.push(next);
    const entries = await readdir(next, { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      if (entry.isDirectory() && !skippedFolder.test(entry.name)) left.push(path.join(next, entry.name));
    }
  }
  return folders;
}
