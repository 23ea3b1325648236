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
 * The compiled test files of one kind, sorted, as absolute paths. A compiled file whose source is gone is left out.
 * Unit tests lie beside their sources in every workspace, and so do tests of a part that starts processes or threads,
 * whose names end in `.process.test.ts`; the other kinds have a folder each in `test`.
 *
 * @param root - the repository's root folder
 * @param filters - only files whose path holds one of these texts; all files when there is none
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
 * Does this file need the machine for itself? How soon a lost host is replaced, and what a hostile task does to the runs beside
 * it, is measured against the seconds that they take alone; every other story spends most of its time on waiting, and its
 * limits leave room for another one.
 */
export function needsWholeMachine(file: string): boolean {
  return /^(?:hostile-(?:memory|pipe|process|thread|time)|host-is-killed)\./.test(basename(file));
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
