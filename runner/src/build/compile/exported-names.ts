import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { init as initCommonJs, parse as parseCommonJs } from "cjs-module-lexer";
import { parse } from "es-module-lexer";
import { resolve } from "import-meta-resolve";
import { formatOf, type ModuleFormat } from "./module-format.ts";

await initCommonJs();

/** The exports of a module that Node.js finds without evaluating it. */
export interface ModuleExports {
  readonly format: ModuleFormat;
  /** The names found; `isComplete` says whether more are possible. */
  readonly names: ReadonlySet<string>;
  /** Names that a CommonJS module re-exports from modules that it requires, without `default`. */
  readonly inherited: ReadonlySet<string>;
  /** False when a re-exported module could not be read, so that there may be more names. */
  readonly isComplete: boolean;
  /**
   * Whether the module is CommonJS that was, or may have been, compiled from an ES module: its default export is
   * `exports.default`.
   */
  readonly isCompiledModule: boolean;
}

/** A compiled file of the project. */
export interface KnownModule {
  readonly format: ModuleFormat;
  readonly code: string;
  /** Whether an ES module was compiled to this CommonJS. */
  readonly isConverted: boolean;
  /** Resolves an import of the module to an absolute path; undefined when it leads to no file. */
  readonly resolve: (specifier: string) => string | undefined;
}

/** Reads the names that modules export, once for each module. */
export class ExportedNames {
  readonly #findOwn: (file: string) => KnownModule | undefined;
  readonly #read = new Map<string, ModuleExports>();

  /** @param findOwn - finds files that are compiled; all others are read from disk */
  constructor(findOwn: (file: string) => KnownModule | undefined) {
    this.#findOwn = findOwn;
  }

  /** Returns the exports of a file. Within an import cycle, returns those found so far. */
  of(file: string): ModuleExports {
    const known = this.#read.get(file);
    if (known !== undefined) return known;
    const found = {
      format: "commonjs" as ModuleFormat,
      names: new Set<string>(),
      inherited: new Set<string>(),
      isComplete: true,
      isCompiledModule: false,
    };
    this.#read.set(file, found);
    try {
      const own = this.#findOwn(file);
      found.format = own?.format ?? formatOf(file, readText);
      const code = own?.code ?? readText(file);
      found.isCompiledModule = own?.isConverted ?? (found.format === "commonjs" && code.includes("__esModule"));
      const resolveFrom = own?.resolve ?? ((specifier: string) => resolveNatively(specifier, file, found.format));
      for (const specifier of readNames(file, code, found.format, found.names)) {
        const target = resolveFrom(specifier);
        const inner = target === undefined ? undefined : this.of(target);
        if (inner === undefined || !inner.isComplete) found.isComplete = false;
        for (const name of inner?.names ?? []) {
          if (found.format === "commonjs" && name !== "default" && !found.names.has(name)) found.inherited.add(name);
          if (found.format === "commonjs" || name !== "default") found.names.add(name);
        }
        if (inner === undefined || inner.isCompiledModule) found.isCompiledModule = found.format === "commonjs";
      }
    } catch {
      found.isComplete = false;
      found.isCompiledModule = found.format === "commonjs";
    }
    return found;
  }
}

function readText(file: string): string {
  return readFileSync(file, "utf8");
}

/** Adds the names of exports, and returns the specifiers of modules that are re-exported as a whole. */
function readNames(file: string, code: string, format: ModuleFormat, names: Set<string>): string[] {
  if (format === "module") return readModule(code, names);
  return path.extname(file) === ".json" ? [] : readCommonJs(code, names);
}

function readModule(code: string, names: Set<string>): string[] {
  const [, exports] = parse(code);
  const stars: string[] = [];
  for (const found of exports) {
    if (found.type === "reexport-all") stars.push(found.from);
    else names.add(found.name);
  }
  return stars;
}

function readCommonJs(code: string, names: Set<string>): string[] {
  const { exports, reexports } = parseCommonJs(code);
  for (const name of exports) names.add(name);
  return reexports;
}

function resolveNatively(specifier: string, file: string, format: ModuleFormat): string | undefined {
  if (format === "commonjs") {
    const found = createRequire(file).resolve(specifier);
    return path.isAbsolute(found) ? found : undefined;
  }
  const url = resolve(specifier, pathToFileURL(file).href);
  return url.startsWith("file:") ? fileURLToPath(url) : undefined;
}
