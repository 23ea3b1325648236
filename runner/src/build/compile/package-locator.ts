import { existsSync, realpathSync, statSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { resolve } from "import-meta-resolve";

/** Decides how an output names a package, since it lies elsewhere than the source that imports it. */
export class PackageLocator {
  readonly #projectDir: string;
  readonly #outDir: string;
  readonly #found = new Map<string, string | undefined>();

  constructor({ projectDir, outDir }: { readonly projectDir: string; readonly outDir: string }) {
    this.#projectDir = projectDir;
    this.#outDir = outDir;
  }

  /**
   * The plain name where it leads Node.js to the same package from the outputs' folder, else the path of the file, relative
   * to that folder. The latter also where Node.js finds nothing and the compiler does, as with `import "lodash/debounce"`:
   * bundlers allow it, so programs have it.
   *
   * @param resolved - The file that the compiler found.
   */
  specifierFor(specifier: string, importer: string, resolved: string): string {
    const name = packageName(specifier);
    const seen = name && this.#find(path.dirname(importer), name);
    if (!seen || !resolved.startsWith(seen + path.sep)) return relativeSpecifier(this.#outDir, resolved);
    const byNode = specifier === name ? resolved : nodesFile(specifier, importer);
    const isPlain = byNode !== undefined && seen === this.#find(this.#projectDir, name);
    return isPlain ? specifier : relativeSpecifier(this.#outDir, byNode ?? resolved);
  }

  /** The real folder of a package as it is seen from a folder. */
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

/** A path as a relative import specifier. */
export function relativeSpecifier(outDir: string, file: string): string {
  const relative = path.relative(outDir, file).split(path.sep).map(encodeURIComponent).join("/");
  return relative.startsWith(".") ? relative : `./${relative}`;
}

/** Which file of a package Node.js imports; undefined: it finds none. */
function nodesFile(specifier: string, importer: string): string | undefined {
  try {
    const url = resolve(specifier, pathToFileURL(importer).href);
    const file = url.startsWith("file:") ? fileURLToPath(url) : undefined;
    return file !== undefined && statSync(file, { throwIfNoEntry: false })?.isFile() ? file : undefined;
  } catch {
    return undefined;
  }
}

/** Undefined for what is no name of a package: paths, `#imports`, addresses. */
function packageName(specifier: string): string | undefined {
  return /^(?:@[^/]+\/)?[^./#@][^/:]*/.exec(specifier)?.[0];
}
