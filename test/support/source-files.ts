import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's root folder. */
export const repositoryRoot = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));

/** A handwritten file. */
export interface SourceFile {
  /** Relative to the root, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

const skippedFolders = new Set(["node_modules", "dist", "generated", "fixtures", ".baton", ".git"]);

/** Returns the handwritten TypeScript files below a folder, sorted by path. */
export function sourceFiles(folder: string): readonly SourceFile[] {
  const start = join(repositoryRoot, folder);
  if (!existsSync(start)) return [];
  return walk(start)
    .filter((path) => path.endsWith(".ts"))
    .sort()
    .map((path) => ({
      path: relative(repositoryRoot, path).split(sep).join("/"),
      text: readFileSync(path, "utf8"),
    }));
}

function walk(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return skippedFolders.has(entry.name) ? [] : walk(path);
    return [path];
  });
}

/** Returns the specifiers that a file imports, including `import type` and dynamic imports of literals. */
export function importsOf({ text }: SourceFile): readonly string[] {
  const pattern = /^(?:import|export)\s[^"'`;]*?\bfrom\s+"([^"]+)"|^import\s+"([^"]+)"|\bimport\(\s*"([^"]+)"/gm;
  return [...withoutComments(text).matchAll(pattern)].map((match) => match.slice(1).find((part) => part) ?? "");
}

/**
 * Returns the package in a specifier: `@baton/proto` for `@baton/proto/time`; undefined for paths and built-in modules.
 */
export function packageOf(specifier: string): string | undefined {
  if (/^(\.|node:)/.test(specifier)) return undefined;
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}

/** Removes comments from code. Also removes comments inside strings, which does not matter for the checks here. */
export function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|\s)\/\/.*$/gm, "$1");
}
