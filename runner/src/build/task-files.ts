import type { Dirent } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import path from "node:path";
import { matchesGlob } from "./glob.ts";

/** Where task files are looked for. */
export interface TaskFileRules {
  /** Folders, relative to the project; absent: every folder named `trigger`. */
  readonly dirs?: readonly string[] | undefined;
  /** Globs of files to skip, matched against the path from the project and, when without a slash, the file's name. */
  readonly ignorePatterns: readonly string[];
}

/** The folders and files that {@link findTaskFiles} found, absolute and sorted. */
export interface TaskFiles {
  readonly dirs: readonly string[];
  /** Folders of the configuration that do not exist, as written there. */
  readonly missingDirs: readonly string[];
  readonly files: readonly string[];
  /** `init.*` of the first folder, which is imported before every task file (spec 12). */
  readonly initFile?: string;
}

const taskFileName = /\.(?:ts|tsx|mts|cts|js|jsx|mjs|cjs)$/;
const declarationFileName = /\.d\.[mc]?ts$/;
const defaultDirName = "trigger";
const outputDirNames: ReadonlySet<string> = new Set(["dist", "build", "out", "coverage"]);

/** Finds the task files of a project. `projectDir` is absolute and without symbolic links. */
export async function findTaskFiles(projectDir: string, rules: TaskFileRules): Promise<TaskFiles> {
  const dirs: string[] = [];
  const missingDirs: string[] = [];
  if (rules.dirs === undefined) {
    await walk(projectDir, outputDirNames, (dir) => {
      if (path.basename(dir) !== defaultDirName) return "enter";
      dirs.push(dir);
      return "skip";
    });
  } else {
    for (const dir of rules.dirs) {
      const found = await findDir(path.resolve(projectDir, dir));
      if (found === undefined) missingDirs.push(dir);
      else dirs.push(found);
    }
  }
  if (rules.dirs === undefined) dirs.sort();
  const files = new Set<string>();
  for (const dir of dirs) {
    await walk(
      dir,
      undefined,
      () => "enter",
      (file) => {
        if (isTaskFile(path.relative(projectDir, file), rules.ignorePatterns)) files.add(file);
      },
    );
  }
  const first = dirs[0];
  const initFile = [...files].find(
    (file) => path.dirname(file) === first && /^init\.[a-z]+$/.test(path.basename(file)),
  );
  return { dirs, missingDirs, files: [...files].sort(), ...(initFile === undefined ? {} : { initFile }) };
}

/** Would a file with this path, relative to the project, be taken for a task file? */
export function isTaskFile(relativePath: string, ignorePatterns: readonly string[]): boolean {
  const slashed = relativePath.split(path.sep).join("/");
  if (!taskFileName.test(slashed) || declarationFileName.test(slashed)) return false;
  return !ignorePatterns.some((pattern) => matchesGlob(slashed, pattern));
}

async function findDir(dir: string): Promise<string | undefined> {
  try {
    return (await stat(dir)).isDirectory() ? await realpath(dir) : undefined;
  } catch {
    return undefined;
  }
}

async function walk(
  dir: string,
  skippedNames: ReadonlySet<string> | undefined,
  onDir: (dir: string) => "enter" | "skip",
  onFile?: (file: string) => void,
): Promise<void> {
  let entries: Dirent[];
  try {
    entries = await readdir(dir, { withFileTypes: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT" || (error as NodeJS.ErrnoException).code === "EACCES")
      return;
    throw error;
  }
  for (const entry of entries) {
    const full = path.join(dir, entry.name);
    if (entry.isDirectory()) {
      if (entry.name.startsWith(".") || entry.name === "node_modules" || skippedNames?.has(entry.name)) continue;
      if (onDir(full) === "enter") await walk(full, skippedNames, onDir, onFile);
    } else if (entry.isFile() || entry.isSymbolicLink()) {
      onFile?.(full);
    }
  }
}
