import { realpathSync, statSync } from "node:fs";
import path from "node:path";
import type { PluginBuild } from "esbuild";

/** Which syntax imports: `import` and `require` may lead to different files of a package. */
export type ImportKind = "import" | "require";

/** The target of an import; without `file` it is something that only Node.js can resolve. */
export interface ResolvedImport {
  readonly file?: string;
  /** The query that the import adds. */
  readonly suffix: string;
}

/** Marks requests of the resolver itself, because the bundler passes every request to its plugins first. */
export const ownQuestion = Symbol("asked by the import resolver");

/**
 * Resolves imports with the bundler's implementation of the rules of TypeScript and Node.js. Caches results per folder.
 */
export class ImportResolver {
  readonly #plugin: PluginBuild;
  readonly #found = new Map<string, Promise<ResolvedImport | undefined>>();

  constructor(plugin: PluginBuild) {
    this.#plugin = plugin;
  }

  /** Resolves an import from a folder; undefined when it leads nowhere. */
  async find(kind: ImportKind, specifier: string, dir: string): Promise<ResolvedImport | undefined> {
    // Most imports name an existing file, and a request to the bundler's process takes long.
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
    // The specifier of an ES module import is a URL, in which "%20" is a space.
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
