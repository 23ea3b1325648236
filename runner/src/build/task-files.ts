import type { Dirent } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import path from "node:path";
import picomatch from "picomatch";

/** Rules for finding task files. */
export interface TaskFileRules {
  /** Folders or globs of folders, relative to the project; absent for every folder named `trigger`. */
  readonly dirs?: readonly string[] | undefined;
  /**
   * Globs of files to skip. A glob with a slash matches the path relative to the project, one without matches the
   * file's name.
   */
  readonly ignorePatterns: readonly string[];
}

/** The folders and files that {@link findTaskFiles} found, absolute, without symbolic links, and sorted. */
export interface TaskFiles {
  readonly dirs: readonly string[];
  /** Folders of the configuration that do not exist, as written there. */
  readonly missingDirs: readonly string[];
  readonly files: readonly string[];
  /** `init.*` of the first folder, which is imported before every task file (docs/tasks.md 12). */
  readonly initFile?: string;
}

const taskFileName = /^[^.].*\.(?:ts|tsx|mts|cts|js|jsx|mjs|cjs)$/;
const declarationFileName = /\.d\.[mc]?ts$/;
const defaultDirName = "trigger";
const outputDirNames: ReadonlySet<string> = new Set(["dist", "build", "out", "coverage"]);

/** Finds the task files of a project. `projectDir` is absolute and without symbolic links. */
export async function findTaskFiles(projectDir: string, rules: TaskFileRules): Promise<TaskFiles> {
  const { dirs, missingDirs } = await findDirs(projectDir, rules.dirs);
  const isIgnored = ignoreMatcher(rules.ignorePatterns);
  const files = new Set<string>();
  const visited = new Set<string>();
  for (const dir of dirs) {
    await walk(dir, visited, {
      onDir: () => "enter",
      onFile: async (file) => {
        if (isTaskFile(path.relative(projectDir, file), isIgnored)) files.add(await realpath(file));
      },
    });
  }
  const first = dirs[0];
  const initFile = [...files].find(
    (file) => path.dirname(file) === first && /^init\.[a-z]+$/.test(path.basename(file)),
  );
  return { dirs, missingDirs, files: [...files].sort(), ...(initFile === undefined ? {} : { initFile }) };
}

async function findDirs(
  projectDir: string,
  wanted: readonly string[] | undefined,
): Promise<{ readonly dirs: string[]; readonly missingDirs: string[] }> {
  if (wanted === undefined) {
    const dirs = await findFolders(
      projectDir,
      outputDirNames,
      (relative) => path.basename(relative) === defaultDirName,
    );
    return { dirs: dirs.sort(), missingDirs: [] };
  }
  const dirs = new Set<string>();
  const missingDirs: string[] = [];
  for (const dir of wanted) {
    const pattern = dir.replace(/^\.\//, "").replace(/\/+$/, "");
    const found = picomatch.scan(pattern).isGlob
      ? (await findFolders(projectDir, new Set(), picomatch(pattern))).sort()
      : await existingFolder(path.resolve(projectDir, dir));
    if (found.length === 0) missingDirs.push(dir);
    for (const one of found) dirs.add(one);
  }
  return { dirs: [...dirs], missingDirs };
}

/**
 * Returns folders for whose path, relative to the project and with forward slashes, `isWanted` is true. Does not search
 * within them, and follows no links, which may lead out of the project.
 */
async function findFolders(
  projectDir: string,
  skippedNames: ReadonlySet<string>,
  isWanted: (relative: string) => boolean,
): Promise<string[]> {
  const found: string[] = [];
  await walk(projectDir, new Set(), {
    onDir: async (dir, isLink) => {
      if (skippedNames.has(path.basename(dir))) return "skip";
      if (!isWanted(slashed(path.relative(projectDir, dir)))) return isLink ? "skip" : "enter";
      found.push(await realpath(dir));
      return "skip";
    },
    onFile: async () => undefined,
  });
  return found;
}

/** Whether a file, by its path relative to the project, counts as a task file. Hidden files do not. */
function isTaskFile(relativePath: string, isIgnored: (slashed: string) => boolean): boolean {
  const name = path.basename(relativePath);
  return taskFileName.test(name) && !declarationFileName.test(name) && !isIgnored(slashed(relativePath));
}

function ignoreMatcher(patterns: readonly string[]): (slashed: string) => boolean {
  const matchers = patterns.map((pattern) => {
    const relative = pattern.replace(/^\.\//, "");
    return picomatch(relative, { dot: true, posix: true, basename: !relative.includes("/") });
  });
  return (file) => matchers.some((matches) => matches(file));
}

async function existingFolder(dir: string): Promise<string[]> {
  try {
    return (await stat(dir)).isDirectory() ? [await realpath(dir)] : [];
  } catch {
    return [];
  }
}

interface Visitor {
  onDir(dir: string, isLink: boolean): "enter" | "skip" | Promise<"enter" | "skip">;
  onFile(file: string): Promise<void>;
}

/** Walks a folder and the folders that its links lead to, each real folder once. */
async function walk(dir: string, visited: Set<string>, visitor: Visitor): Promise<void> {
  let entries: Dirent[];
  try {
    const real = await realpath(dir);
    if (visited.has(real)) return;
    visited.add(real);
    entries = await readdir(dir, { withFileTypes: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "EACCES") return;
    throw error;
  }
  for (const entry of entries) {
    const full = path.join(dir, entry.name);
    const isLinkedDir = entry.isSymbolicLink() && (await existingFolder(full)).length > 0;
    if (entry.isDirectory() || isLinkedDir) {
      if (entry.name.startsWith(".") || entry.name === "node_modules") continue;
      if ((await visitor.onDir(full, isLinkedDir)) === "enter") await walk(full, visited, visitor);
    } else if (entry.isFile() || (entry.isSymbolicLink() && (await isFile(full)))) {
      await visitor.onFile(full);
    }
  }
}

async function isFile(file: string): Promise<boolean> {
  try {
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}

function slashed(relativePath: string): string {
  return relativePath.split(path.sep).join("/");
}
