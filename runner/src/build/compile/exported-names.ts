import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { init as initCommonJs, parse as parseCommonJs } from "cjs-module-lexer";
import { parse } from "es-module-lexer";
import { resolve } from "import-meta-resolve";
import { formatOf, type ModuleFormat } from "./module-format.ts";

await initCommonJs();

/** The exports of a module as Node.js finds them without evaluating it. */
export interface ModuleExports {
  readonly format: ModuleFormat;
  /** Without those of modules that could not be read; see `isComplete`. */
  readonly names: ReadonlySet<string>;
  /** Those names that a CommonJS module has from modules that it requires, without `default`. */
  readonly inherited: ReadonlySet<string>;
  /** False when a module that is exported again could not be read, so that there may be more names. */
  readonly isComplete: boolean;
  /** CommonJS that was, or may have been, an ES module before a compiler: its default export is `exports.default`. */
  readonly isCompiledModule: boolean;
}

/** What is known of a project's own file. */
export interface KnownModule {
  readonly format: ModuleFormat;
  readonly code: string;
  /** It was an ES module before it was compiled to CommonJS. */
  readonly isConverted: boolean;
  /** Where an import of it leads: an absolute path; undefined for what is no file. */
  readonly resolve: (specifier: string) => string | undefined;
}

/** Reads the names that modules export, of each once. */
export class ExportedNames {
  readonly #findOwn: (file: string) => KnownModule | undefined;
  readonly #read = new Map<string, ModuleExports>();

  /** @param findOwn - Knows the files that are compiled; all others are read from disk. */
  constructor(findOwn: (file: string) => KnownModule | undefined) {
    this.#findOwn = findOwn;
  }

  /** The exports of a file; of one that imports itself in a circle, those found until then. */
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

/** Adds the names of exports; gives what is exported again as a whole. */
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
