import { realpathSync, statSync } from "node:fs";
import path from "node:path";
import type { PluginBuild } from "esbuild";

/** `import` and `require` may lead to different files of a package. */
export type ImportKind = "import" | "require";

/** A file that an import leads to; without `file` it is something that only Node.js knows. */
export interface ResolvedImport {
  readonly file?: string;
  /** The query that the import adds. */
  readonly suffix: string;
}

/** Marks questions of the resolver, which every plugin is asked first. */
export const ownQuestion = Symbol("asked by the import resolver");

/** Resolves imports by the rules of TypeScript and Node.js, as the bundler knows them; each import of a folder once. */
export class ImportResolver {
  readonly #plugin: PluginBuild;
  readonly #found = new Map<string, Promise<ResolvedImport | undefined>>();

  constructor(plugin: PluginBuild) {
    this.#plugin = plugin;
  }

  /** Where an import leads from a folder; undefined: nowhere. */
  async find(kind: ImportKind, specifier: string, dir: string): Promise<ResolvedImport | undefined> {
    // Most imports name a file as it is, and a question to the bundler's process takes long.
    const plain = /^\.{1,2}\/.*\.\w+$/.test(specifier) ? existingFile(path.join(dir, specifier)) : undefined;
    if (plain !== undefined) return { file: plain, suffix: "" };
    const key = [kind, specifier, dir].join("\0");
    let found = this.#found.get(key);
    if (found === undefined) {
      found = this.#ask(kind, specifier, dir);
      this.#found.set(key, found);
    }
    return await found;
  }

  async #ask(kind: ImportKind, specifier: string, dir: string): Promise<ResolvedImport | undefined> {
    const ask = (what: string) =>
      this.#plugin.resolve(what, {
        kind: kind === "require" ? "require-call" : "import-statement",
        resolveDir: dir,
        pluginData: ownQuestion,
      });
    let found = await ask(specifier);
    // The specifier of an ES module is an address, in which "%20" is a space.
    const decoded = kind === "import" ? decodedPath(specifier) : specifier;
    if (found.errors.length > 0 && decoded !== specifier) found = await ask(decoded);
    if (found.errors.length > 0) return undefined;
    const isFile = !found.external && found.namespace === "file";
    return isFile ? { file: found.path, suffix: found.suffix } : { suffix: "" };
  }
}

function existingFile(file: string): string | undefined {
  return statSync(file, { throwIfNoEntry: false })?.isFile() ? realpathSync(file) : undefined;
}

function decodedPath(specifier: string): string {
  if (!/^\.{0,2}\//.test(specifier)) return specifier;
  try {
    return decodeURIComponent(specifier);
  } catch {
    return specifier;
  }
}
