import { readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import path from "node:path";
import { withoutByteOrderMark } from "@baton/proto/byte-order-mark";
import { type BuildFailure, build, type OnLoadResult, type PluginBuild, stop } from "esbuild";
import type { DataFile } from "./file-kind.ts";
import { dataFormat, isCompiled } from "./file-kind.ts";
import type { ImportKind } from "./import-resolver.ts";
import { ImportResolver, ownQuestion } from "./import-resolver.ts";
import { type FoundImport, lexImports } from "./lex-imports.ts";
import { PackageLocator } from "./package-locator.ts";
import {
  checkJson,
  describeMessage,
  isCompilerGone,
  type TranslatedFile,
  TranslationError,
  translate,
} from "./translate.ts";
import { TypeScriptSettingsReader } from "./typescript-settings.ts";

/** What an import of a source file leads to. */
export type Target =
  /** A file that becomes an output of its own; `suffix` is the query that the import adds. */
  | { readonly type: "source"; readonly file: string; readonly suffix: string }
  /** Left to Node.js. `specifier`: how an output names it, relative ones start at the folder of the outputs. */
  | { readonly type: "native"; readonly specifier: string; readonly file: string | undefined }
  /** Harmless outside the framework that knows it. */
  | { readonly type: "empty" };

/** One source file and where its imports lead. */
export interface WalkedFile {
  readonly content: TranslatedFile | DataFile;
  /** By kind and specifier, `import ./a.ts`. Imports that lead nowhere are absent. */
  readonly targets: ReadonlyMap<string, Target>;
}

/** What was found from the entries on. */
export interface Walk {
  /** By absolute path; a file with problems is absent. */
  readonly files: ReadonlyMap<string, WalkedFile>;
  /** By absolute path, `file:line:column: reason`. */
  readonly problems: ReadonlyMap<string, readonly string[]>;
  readonly warnings: readonly string[];
}

/** The key of an import in {@link WalkedFile.targets}. */
export function importKey(kind: ImportKind, specifier: string): string {
  return `${kind} ${specifier}`;
}

/**
 * Files are no `file` for the bundler, which would take two of them for one whose names differ in capital letters only.
 */
const sourceNamespace = "source";
/** Begins specifiers by which we make the bundler read a file. */
const readPrefix = "baton-read:";
/** The SDK is no code of the project, also where it is linked: compiling its sixty files would cost every thread their maps. */
function isOwnSdk(specifier: string): boolean {
  return /^@baton\/sdk(?:\/|$)/.test(specifier);
}

/** Packages that stop code from being imported in a browser or on a server; bundlers of web frameworks remove them. */
const guardPackages: ReadonlySet<string> = new Set(["server-only", "client-only"]);

/**
 * Follows the imports of files through everything that has to be compiled: files outside `node_modules`, and TypeScript in
 * it. The bundler of esbuild reads the imports and resolves them by the rules of TypeScript and Node.js; what it would
 * bundle is thrown away.
 *
 * @param entries - Absolute paths.
 * @param inputs - Every file that is read is added to it, also when the walk fails.
 */
export async function walk(
  place: { readonly projectDir: string; readonly outDir: string },
  entries: readonly string[],
  inputs: Set<string>,
): Promise<Walk> {
  const stayModules = new Set<string>();
  let mayRestart = true;
  for (;;) {
    const walker = new Walker(place, inputs, stayModules);
    try {
      await walker.run(entries);
    } catch (error) {
      if (!mayRestart || !isCompilerGone(error)) throw error;
      mayRestart = false;
      await stop();
      continue;
    }
    const found = walker.findNewModules();
    if (found.length === 0) return walker;
    for (const file of found) stayModules.add(file);
  }
}

class Walker implements Walk {
  readonly files = new Map<string, WalkedFile & { readonly targets: Map<string, Target> }>();
  readonly problems = new Map<string, string[]>();
  readonly warnings: string[] = [];
  readonly #place: { readonly projectDir: string; readonly outDir: string };
  readonly #inputs: Set<string>;
  readonly #stayModules: ReadonlySet<string>;
  /** Converted files with an import that only an ES module can have. */
  readonly #needModules = new Set<string>();
  readonly #settings = new TypeScriptSettingsReader();
  readonly #packages: PackageLocator;
  readonly #textFiles = new Set<string>();
  readonly #seen = new Set<string>();
  /** The code of files whose imports only the bundler finds. */
  readonly #unlexed = new Map<string, string>();

  constructor(
    place: { readonly projectDir: string; readonly outDir: string },
    inputs: Set<string>,
    stayModules: ReadonlySet<string>,
  ) {
    this.#place = place;
    this.#inputs = inputs;
    this.#stayModules = stayModules;
    this.#packages = new PackageLocator(place);
  }

  async run(entries: readonly string[]): Promise<void> {
    for (const file of entries) this.#inputs.add(file);
    try {
      await this.#bundle(entries);
    } catch (error) {
      if (!isBuildFailure(error) || isCompilerGone(error)) throw error;
      // What is wrong with a file was found when it was read. What the bundler has against joining files concerns no one,
      // but it may have failed before it read any.
      const isStopped = this.files.size === 0 && this.problems.size === 0;
      if (isStopped) this.#addProblems(entries[0] ?? "", error.errors.map(describeMessage));
    }
  }

  /** Converted files that have to stay ES modules, because they import what `require` cannot load. */
  findNewModules(): string[] {
    const found = new Set(this.#needModules);
    for (const [file, { content, targets }] of this.files) {
      if (!("code" in content) || !content.isConverted) continue;
      for (const specifier of content.staticSpecifiers) {
        const target = targets.get(importKey("require", specifier));
        if (target?.type === "source" && this.#stayModules.has(target.file)) found.add(file);
      }
    }
    return [...found].filter((file) => !this.#stayModules.has(file));
  }

  async #bundle(entries: readonly string[]): Promise<void> {
    await build({
      absWorkingDir: this.#place.projectDir,
      stdin: { contents: importOfRead("entries") },
      bundle: true,
      write: false,
      format: "esm",
      platform: "node",
      target: "esnext",
      // Named, so that esbuild does not follow the condition "module", which Node.js does not know.
      conditions: "require_module" in process.features ? ["node-addons", "module-sync"] : ["node-addons"],
      mainFields: ["main"],
      logLevel: "silent",
      plugins: [{ name: "baton-walk", setup: (plugin) => this.#setUp(plugin, entries) }],
    });
  }

  #setUp(plugin: PluginBuild, entries: readonly string[]): void {
    const resolver = new ImportResolver(plugin);
    plugin.onResolve({ filter: /.*/ }, async (args) => {
      if (args.pluginData === ownQuestion) return undefined;
      if (args.path.startsWith(readPrefix)) {
        return { path: args.path.slice(readPrefix.length), namespace: sourceNamespace };
      }
      const target = await this.#lead(resolver, args);
      return target?.type === "source"
        ? { path: target.file, namespace: sourceNamespace }
        : { path: args.path, external: true };
    });
    plugin.onLoad({ filter: /.*/, namespace: sourceNamespace }, async ({ path: file }): Promise<OnLoadResult> => {
      const files = file === "entries" ? entries : [file];
      await Promise.all(files.map((one) => this.#follow(resolver, one)));
      const unlexed = this.#unlexed.get(file);
      const contents = unlexed ?? [...this.#unlexed.keys()].map(importOfRead).join("");
      return { contents, loader: "js", resolveDir: path.dirname(file) };
    });
  }

  /** Reads a file and what it imports, as far as the lexer finds the imports; the bundler finds those of other files. */
  async #follow(resolver: ImportResolver, file: string): Promise<void> {
    if (this.#seen.has(file)) return;
    this.#seen.add(file);
    const content = await this.#read(file);
    if (content === undefined) return;
    const imports = lexImports(content, file);
    if (imports === undefined) this.#unlexed.set(file, content.code);
    else {
      await Promise.all(
        imports.map(async (found) => {
          const target = await this.#lead(resolver, found);
          if (target?.type === "source") await this.#follow(resolver, target.file);
        }),
      );
    }
  }

  /** Finds and records where an import leads. */
  async #lead(resolver: ImportResolver, args: FoundImport): Promise<Target | undefined> {
    const kind = args.kind.startsWith("require") ? "require" : "import";
    const target = await this.#resolve(resolver, args, kind);
    if (target === undefined) this.#onMissing(args);
    else this.files.get(args.importer)?.targets.set(importKey(kind, args.path), target);
    return target;
  }

  async #resolve(resolver: ImportResolver, args: FoundImport, kind: ImportKind): Promise<Target | undefined> {
    const { path: specifier, importer } = args;
    const resolveDir = path.dirname(importer);
    if (isBuiltin(specifier) || /^(?:data|https?):/.test(specifier)) {
      return { type: "native", specifier, file: undefined };
    }
    if (guardPackages.has(specifier)) return { type: "empty" };
    const found = await resolver.find(kind, specifier, resolveDir);
    if (found === undefined) {
      if (kind === "require" && this.#isStaticOfConverted(args)) {
        const asImport = await resolver.find("import", specifier, resolveDir);
        if (asImport !== undefined) this.#needModules.add(importer);
      }
      return undefined;
    }
    const { file, suffix } = found;
    if (file === undefined) return { type: "native", specifier, file: undefined };
    if (args.with.type === "text") this.#textFiles.add(file);
    if (isCompiled(file, kind, args.with) && !isOwnSdk(specifier)) return { type: "source", file, suffix };
    return { type: "native", specifier: this.#packages.specifierFor(specifier, importer, file), file };
  }

  #onMissing(args: FoundImport): void {
    const content = this.files.get(args.importer)?.content;
    const isStatic = args.kind === "import-statement" || this.#isStaticOfConverted(args);
    // What is only loaded when the code gets there fails there, as in Node.js.
    if (!isStatic || this.#needModules.has(args.importer) || content === undefined || !("code" in content)) return;
    const name = path.relative(this.#place.projectDir, args.importer);
    const source = content.map.sourcesContent?.[0] ?? "";
    this.#addProblems(args.importer, [missingImport(name, source, args.path)]);
  }

  #isStaticOfConverted({ importer, path: specifier }: FoundImport): boolean {
    const content = this.files.get(importer)?.content;
    return content !== undefined && "code" in content && content.isConverted && content.staticSpecifiers.has(specifier);
  }

  /** Reads and translates a file; undefined when it is no code, or has problems. */
  async #read(file: string): Promise<TranslatedFile | undefined> {
    this.#inputs.add(file);
    const name = path.relative(this.#place.projectDir, file).split(path.sep).join("/");
    try {
      const text = withoutByteOrderMark(readFileSync(file, "utf8"));
      const format = dataFormat(file, this.#textFiles.has(file));
      if (format !== undefined) {
        if (format === "json") await checkJson(text, name);
        this.files.set(file, { content: { format, text }, targets: new Map() });
        return undefined;
      }
      const settings = this.#settings.find(file);
      const staysModule = this.#stayModules.has(file);
      const content = await translate({ file, name, text, settings, staysModule });
      this.files.set(file, { content, targets: new Map() });
      this.warnings.push(...content.warnings);
      return content;
    } catch (error) {
      if (isCompilerGone(error)) throw error;
      const problems = error instanceof TranslationError ? error.problems : [`${name}: ${(error as Error).message}`];
      this.#addProblems(file, problems);
      return undefined;
    }
  }

  #addProblems(file: string, problems: readonly string[]): void {
    const known = this.problems.get(file) ?? [];
    this.problems.set(file, [...known, ...problems.filter((problem) => !known.includes(problem))]);
  }
}

function importOfRead(file: string): string {
  return `import ${JSON.stringify(readPrefix + file)};\n`;
}

function missingImport(name: string, source: string, specifier: string): string {
  const reason = `Could not resolve "${specifier}"`;
  const quoted = [`"${specifier}"`, `'${specifier}'`];
  const lines = source.split("\n");
  for (const [index, line] of lines.entries()) {
    const column = Math.max(...quoted.map((text) => line.indexOf(text)));
    if (column >= 0) return `${name}:${index + 1}:${column + 1}: ${reason}\n  ${line.trim()}`;
  }
  return `${name}: ${reason}`;
}

function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && Array.isArray((error as Partial<BuildFailure>).errors);
}
