import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join, relative, sep } from "node:path";

/** The kinds of tests, in the order in which they run: the quick ones first. */
export const testKinds = ["unit", "process", "modules", "contract", "simulation", "e2e"] as const;

/** One kind of tests. */
export type TestKind = (typeof testKinds)[number];

/** Whether a word is the name of a kind. */
export function isTestKind(word: string): word is TestKind {
  return (testKinds as readonly string[]).includes(word);
}

/**
 * Returns the compiled test files of one kind as absolute paths, sorted, without files whose source is gone. Unit tests
 * are beside their sources in every workspace. So are tests that start processes or threads, whose names end in
 * `.process.test.ts`. The other kinds have their folders in `test`.
 *
 * @param root - the repository's root folder
 * @param filters - texts of which a file's path must contain one; empty for all files
 */
export function findTestFiles(root: string, kind: TestKind, filters: readonly string[]): readonly string[] {
  const found =
    kind === "unit" || kind === "process"
      ? workspaces(root)
          .flatMap((name) => testsBesideSources(root, name))
          .filter((file) => file.endsWith(".process.test.js") === (kind === "process"))
      : compiledTests(root, "test", kind);
  const isWanted = (path: string) => filters.length === 0 || filters.some((filter) => path.includes(filter));
  return found.filter((file) => isWanted(relative(root, file))).sort();
}

/**
 * Whether a file must run alone: it measures how soon a lost host is replaced. Every other file waits for conditions,
 * with limits that leave time for files beside it.
 */
export function needsWholeMachine(file: string): boolean {
  return basename(file) === "host-is-killed.test.js";
}

/** Files that take longer than half a minute on two cores, longest first. */
const longest = [
  "hostile-memory",
  "secrets",
  "refused-moves",
  "hostile-process",
  "hostile-pipe",
  "hostile-time",
  "dev-command",
  "moving-between-stores",
  "hostile-thread",
  "dev-watching",
  "store-is-away",
  "two-coordinators",
  "init-command",
  "sdk-package",
  "hostile-leftovers",
  "differential",
  "run-commands",
  "spec-machines",
  "bad-input",
  "runner-is-killed",
  "spec-max-duration",
  "mongo",
  "broken-variants",
  "mongo-primary",
].map((name) => new RegExp(`[\\\\/]${name}(?:\\.process)?\\.test\\.js$`));

/** Sorts files so that long ones begin first and no core idles while the last one runs. */
export function longestFirst(files: readonly string[]): readonly string[] {
  const rankOf = (file: string) => {
    const rank = longest.findIndex((pattern) => pattern.test(file));
    return rank === -1 ? longest.length : rank;
  };
  return [...files].sort((one, other) => rankOf(one) - rankOf(other));
}

function workspaces(root: string): readonly string[] {
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { workspaces: readonly string[] };
  return manifest.workspaces;
}

function testsBesideSources(root: string, workspace: string): readonly string[] {
  const files = compiledTests(root, workspace, "");
  if (workspace !== "test") return files;
  const folders = testKinds.map((kind) => join(root, "test", "dist", kind) + sep);
  return files.filter((file) => !folders.some((folder) => file.startsWith(folder)));
}

function compiledTests(root: string, workspace: string, folder: string): readonly string[] {
  const dist = join(root, workspace, "dist");
  const start = join(dist, folder);
  if (!existsSync(start)) return [];
  return readdirSync(start, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".test.js"))
    .map((name) => join(start, name))
    .filter((file) => hasSource(join(root, workspace), relative(dist, file)));
}

function hasSource(workspace: string, compiled: string): boolean {
  const source = compiled.replace(/\.js$/, ".ts");
  return existsSync(join(workspace, "src", source)) || existsSync(join(workspace, source));
}
