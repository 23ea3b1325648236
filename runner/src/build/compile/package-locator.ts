import { existsSync, realpathSync, statSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { resolve } from "import-meta-resolve";

/** Decides by which specifier an output imports a package, because the output is in another folder than its source. */
export class PackageLocator {
  readonly #projectDir: string;
  readonly #outDir: string;
  readonly #found = new Map<string, string | undefined>();

  constructor({ projectDir, outDir }: { readonly projectDir: string; readonly outDir: string }) {
    this.#projectDir = projectDir;
    this.#outDir = outDir;
  }

  /**
   * Returns the plain specifier when Node.js finds the same package from the outputs' folder, otherwise the file's path
   * relative to that folder. Also returns the path when only the compiler finds the file, as for "lodash/debounce", an
   * import that bundlers allow and programs use.
   *
   * @param resolved - the file that the compiler found
   */
  specifierFor(specifier: string, importer: string, resolved: string): string {
    const name = packageName(specifier);
    const seen = name && this.#find(path.dirname(importer), name);
    if (!seen || !resolved.startsWith(seen + path.sep)) return relativeSpecifier(this.#outDir, resolved);
    const byNode = specifier === name ? resolved : nodesFile(specifier, importer);
    const isPlain = byNode !== undefined && seen === this.#find(this.#projectDir, name);
    return isPlain ? specifier : relativeSpecifier(this.#outDir, byNode ?? resolved);
  }

  /** Finds the real folder of a package, as Node.js does from `dir`. */
  #find(dir: string, name: string): string | undefined {
    const key = `${dir}\0${name}`;
    if (this.#found.has(key)) return this.#found.get(key);
    const candidate = path.join(dir, "node_modules", name);
    const parent = path.dirname(dir);
    let found: string | undefined;
    if (path.basename(dir) !== "node_modules" && existsSync(candidate)) found = realpathSync(candidate);
    else if (parent !== dir) found = this.#find(parent, name);
    this.#found.set(key, found);
    return found;
  }
}

/** Returns a path as a relative import specifier. */
export function relativeSpecifier(outDir: string, file: string): string {
  const relative = path.relative(outDir, file).split(path.sep).map(encodeURIComponent).join("/");
  return relative.startsWith(".") ? relative : `./${relative}`;
}

/** Returns the file that Node.js imports for a specifier; undefined when it finds none. */
function nodesFile(specifier: string, importer: string): string | undefined {
  try {
    const url = resolve(specifier, pathToFileURL(importer).href);
    const file = url.startsWith("file:") ? fileURLToPath(url) : undefined;
    return file !== undefined && statSync(file, { throwIfNoEntry: false })?.isFile() ? file : undefined;
  } catch {
    return undefined;
  }
}

/** Returns the package name in a specifier; undefined for paths, `#imports` and URLs. */
function packageName(specifier: string): string | undefined {
  return /^(?:@[^/]+\/)?[^./#@][^/:]*/.exec(specifier)?.[0];
}
