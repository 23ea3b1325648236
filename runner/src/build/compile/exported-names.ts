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
  /** False when a module that is exported again could not be read, so that there may be more names. */
  readonly isComplete: boolean;
}

/** What is known of a project's own file. */
export interface KnownModule {
  readonly format: ModuleFormat;
  readonly code: string;
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
    const names = new Set<string>();
    const found = { format: "commonjs" as ModuleFormat, names, isComplete: true };
    this.#read.set(file, found);
    try {
      const own = this.#findOwn(file);
      found.format = own?.format ?? formatOf(file, readText);
      const code = own?.code ?? readText(file);
      const reexported =
        found.format === "module"
          ? readModule(code, names)
          : path.extname(file) === ".json"
            ? []
            : readCommonJs(code, names);
      for (const specifier of reexported) {
        const target = own === undefined ? resolveNatively(specifier, file, found.format) : own.resolve(specifier);
        const inner = target === undefined ? undefined : this.of(target);
        if (inner === undefined || !inner.isComplete) found.isComplete = false;
        for (const name of inner?.names ?? []) if (name !== "default" || found.format === "commonjs") names.add(name);
      }
    } catch {
      found.isComplete = false;
    }
    return found;
  }
}

function readText(file: string): string {
  return readFileSync(file, "utf8");
}

/** Adds the names; gives what is exported again as a whole. */
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
