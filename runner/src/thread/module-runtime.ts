import { readFileSync } from "node:fs";
import Module, { syncBuiltinESMExports } from "node:module";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { resolve } from "import-meta-resolve";
import { type ModuleTable, moduleTableName } from "../build/compile/module-table.ts";

/** Imports a module on behalf of the module that asks. */
type Load = (url: string, options?: ImportCallOptions) => Promise<unknown>;

/** The module-scope values of a CommonJS module. */
interface CommonJsPlace {
  readonly require: NodeJS.Require;
  readonly __filename: string;
  readonly __dirname: string;
  readonly meta: ImportMeta;
  readonly import: (specifier: unknown, options?: ImportCallOptions) => Promise<unknown>;
}

/** The origin of a compiled module. */
interface Source {
  readonly file: string;
  readonly output: string;
  readonly version: VersionModules;
}

/** The original; {@link installModuleRuntime} replaces it for the code of this thread. */
const createNativeRequire = Module.createRequire;

let resolver: typeof resolve | undefined;

/** Resolves as `import.meta.resolve` does. Loads the resolver at the first call, because few threads need it. */
function resolveFrom(specifier: string, parentUrl: string): string {
  if (resolver === undefined) {
    const file = createNativeRequire(import.meta.url).resolve("import-meta-resolve");
    resolver = (createNativeRequire(file)(file) as { readonly resolve: typeof resolve }).resolve;
  }
  return resolver(specifier, parentUrl);
}

const sourceEndings = ["", ".ts", ".tsx", ".mts", ".cts", ".js", ".mjs", ".cjs", ".jsx", ".json"] as const;

/**
 * Makes compiled modules, which are in a version's folder, behave as if they were in the folders of their sources.
 * Compiled code finds it at `globalThis[Symbol.for("baton.modules.v1")]`.
 */
class ModuleRuntime {
  readonly #versions = new Map<string, VersionModules>();
  readonly #metas = new Map<string, ImportMeta>();
  /**
   * The version whose code asked last. Two versions can have the same sources, so a source does not name its version.
   */
  #lastAsked: VersionModules | undefined;

  /** Returns `import.meta` of a compiled ES module. */
  meta(outputUrl: string): ImportMeta {
    const known = this.#metas.get(outputUrl);
    if (known !== undefined) return known;
    const meta = makeMeta(this.#sourceOf(fileURLToPath(outputUrl)).file);
    this.#metas.set(outputUrl, meta);
    return meta;
  }

  /** Executes `import()` of a computed specifier. */
  async import(outputUrl: string, specifier: unknown, load: Load): Promise<unknown> {
    return await importFrom(this.#sourceOf(fileURLToPath(outputUrl)), specifier, load);
  }

  /** Returns the `require` of an ES module that uses it. */
  require(outputUrl: string): NodeJS.Require {
    return makeRequire(this.#sourceOf(fileURLToPath(outputUrl)));
  }

  /** Makes a CommonJS module see the path of its source as its own. */
  commonJs(module: NodeJS.Module, load: Load = notUsed): CommonJsPlace {
    const source = this.#sourceOf(module.filename);
    const { file } = source;
    const dir = path.dirname(file);
    const require = makeRequire(source);
    module.id = file;
    module.filename = file;
    module.path = dir;
    module.paths = nodeModulesAbove(dir);
    module.require = require as NodeJS.Module["require"];
    let meta: ImportMeta | undefined;
    return {
      require,
      __filename: file,
      __dirname: dir,
      get meta() {
        meta ??= makeMeta(file);
        return meta;
      },
      import: async (specifier, options) => importFrom(source, specifier, (url) => load(url, options)),
    };
  }

  #sourceOf(outputFile: string): Source {
    const dir = path.dirname(outputFile);
    let version = this.#versions.get(dir);
    if (version === undefined) {
      version = new VersionModules(dir);
      this.#versions.set(dir, version);
    }
    this.#lastAsked = version;
    const output = path.basename(outputFile);
    return { file: version.sourceOf(output), output, version };
  }

  /** Returns `module.createRequire(place)` for the path or URL of a source; undefined for others. */
  requireFrom(place: unknown): NodeJS.Require | undefined {
    const version = this.#lastAsked;
    const file = toPath(place);
    const output = file === undefined ? undefined : version?.outputOf(file);
    if (version === undefined || file === undefined || output === undefined) return undefined;
    return makeRequire({ file, output: path.basename(output), version });
  }
}

/** Makes the thread ready for compiled modules. */
export function installModuleRuntime(): void {
  const value = Object.freeze(new ModuleRuntime());
  Object.defineProperty(globalThis, Symbol.for("baton.modules.v1"), { value, enumerable: false });
  // A `require` that a source creates for itself must load the same modules as its imports.
  Module.createRequire = (place) => value.requireFrom(place) ?? createNativeRequire(place);
  syncBuiltinESMExports();
}

/** The outputs and sources of one version. */
class VersionModules {
  readonly #dir: string;
  readonly #sources = new Map<string, string>();
  readonly #outputs = new Map<string, string>();
  readonly #required: ModuleTable["required"];
  #cache: NodeJS.Require["cache"] | undefined;

  constructor(dir: string) {
    this.#dir = dir;
    const table = JSON.parse(readFileSync(path.join(dir, moduleTableName), "utf8")) as ModuleTable;
    for (const [output, relative] of Object.entries(table.sources)) {
      const source = path.resolve(dir, relative);
      this.#sources.set(output, source);
      this.#outputs.set(source, path.join(dir, output));
    }
    this.#required = table.required;
  }

  /** Returns the source of an output, or the output's own path when it has no source. */
  sourceOf(output: string): string {
    return this.#sources.get(output) ?? path.join(this.#dir, output);
  }

  /** Returns the output of a source file; undefined when the file is not compiled. */
  outputOf(file: string): string | undefined {
    return this.#outputs.get(file);
  }

  /** Returns the file that `require(specifier)` in an output loads; undefined when the build did not decide that. */
  requiredBy(output: string, specifier: string): string | undefined {
    const required = Object.hasOwn(this.#required, output) ? this.#required[output] : undefined;
    const found = required !== undefined && Object.hasOwn(required, specifier) ? required[specifier] : undefined;
    return found === undefined ? undefined : path.resolve(this.#dir, found);
  }

  /** Finds a source by TypeScript's rules: a name without ending or with the output's ending, or a folder. */
  findSource(file: string): string | undefined {
    const withoutEnding = file.replace(/\.[mc]?jsx?$/, "");
    const candidates = [file, withoutEnding, path.join(file, "index")];
    for (const candidate of candidates) {
      for (const ending of sourceEndings) if (this.#outputs.has(candidate + ending)) return candidate + ending;
    }
    return undefined;
  }

  /** `require.cache` with the names of the sources as keys. */
  get cache(): NodeJS.Require["cache"] {
    const keyOf = (key: string | symbol) => (typeof key === "string" ? (this.#outputs.get(key) ?? key) : key);
    this.#cache ??= new Proxy(createNativeRequire(path.join(this.#dir, "cache.cjs")).cache, {
      get: (cache, key) => Reflect.get(cache, keyOf(key)),
      set: (cache, key, value) => Reflect.set(cache, keyOf(key), value),
      has: (cache, key) => Reflect.has(cache, keyOf(key)),
      deleteProperty: (cache, key) => Reflect.deleteProperty(cache, keyOf(key)),
      getOwnPropertyDescriptor: (cache, key) => Reflect.getOwnPropertyDescriptor(cache, keyOf(key)),
      ownKeys: (cache) =>
        Reflect.ownKeys(cache).map((key) =>
          typeof key === "string" && path.dirname(key) === this.#dir ? this.sourceOf(path.basename(key)) : key,
        ),
    });
    return this.#cache;
  }
}

function makeMeta(file: string): ImportMeta {
  const url = pathToFileURL(file).href;
  return Object.assign(Object.create(null) as ImportMeta, {
    dirname: path.dirname(file),
    filename: file,
    // Node.js has `main` since 24.2. It is false, because no module of a thread is the program's entry point.
    ...("main" in import.meta ? { main: false } : {}),
    resolve: (specifier: string) => resolveFrom(String(specifier), url),
    url,
  });
}

async function importFrom({ file, version }: Source, specifier: unknown, load: Load): Promise<unknown> {
  const text = String(specifier);
  const from = pathToFileURL(file);
  let url: string;
  try {
    url = resolveFrom(text, from.href);
  } catch (error) {
    const found = /^\.{0,2}\//.test(text) ? version.findSource(fileURLToPath(new URL(text, from))) : undefined;
    if (found === undefined) throw error;
    url = pathToFileURL(found).href;
  }
  if (!url.startsWith("file:")) return await load(url);
  const target = new URL(url);
  const output = version.outputOf(fileURLToPath(target));
  return await load(output === undefined ? url : pathToFileURL(output).href + target.search);
}

function makeRequire({ file, output, version }: Source): NodeJS.Require {
  const native = createNativeRequire(file);
  const find = (specifier: string): string => {
    try {
      return native.resolve(specifier);
    } catch (error) {
      const asPath = /^\.{0,2}\//.test(specifier) ? path.resolve(path.dirname(file), specifier) : undefined;
      const found = asPath === undefined ? undefined : version.findSource(asPath);
      if (found === undefined) throw error;
      return found;
    }
  };
  const require = (specifier: string): unknown => {
    const known = version.requiredBy(output, specifier);
    if (known !== undefined) return native(known);
    if (typeof specifier !== "string" || Module.isBuiltin(specifier)) return native(specifier);
    const found = find(specifier);
    return native(version.outputOf(found) ?? found);
  };
  const resolveRequired = (specifier: string, options?: { paths?: string[] | undefined }): string => {
    if (options !== undefined) return native.resolve(specifier, options as Parameters<typeof native.resolve>[1]);
    const known = version.requiredBy(output, specifier);
    return known === undefined ? find(specifier) : version.sourceOf(path.basename(known));
  };
  return Object.assign(require, {
    resolve: Object.assign(resolveRequired, { paths: native.resolve.paths }),
    main: native.main,
    extensions: native.extensions,
    cache: version.cache,
  });
}

function toPath(place: unknown): string | undefined {
  try {
    if (place instanceof URL) return fileURLToPath(place);
    if (typeof place !== "string") return undefined;
    return place.startsWith("file:") ? fileURLToPath(place) : place;
  } catch {
    return undefined;
  }
}

function nodeModulesAbove(dir: string): string[] {
  const found: string[] = [];
  for (let at = dir; ; at = path.dirname(at)) {
    if (path.basename(at) !== "node_modules") found.push(path.join(at, "node_modules"));
    if (path.dirname(at) === at) return found;
  }
}

function notUsed(): never {
  throw new Error("This module has no import() of a computed specifier.");
}
