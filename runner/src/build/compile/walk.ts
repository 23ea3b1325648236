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

/** The target of an import in a source file. */
export type Target =
  /** A file with an output of its own. `suffix`: the query that the import adds. */
  | { readonly type: "source"; readonly file: string; readonly suffix: string }
  /** A module that Node.js loads. `specifier`: for an output; relative ones start at the outputs' folder. */
  | { readonly type: "native"; readonly specifier: string; readonly file: string | undefined }
  /** A package without effect outside its framework, replaced by an empty module. */
  | { readonly type: "empty" };

/** One source file and the targets of its imports. */
export interface WalkedFile {
  readonly content: TranslatedFile | DataFile;
  /** Targets by kind and specifier, such as `import ./a.ts`. Imports that lead nowhere are absent. */
  readonly targets: ReadonlyMap<string, Target>;
}

/** Everything that is reachable from the entries. */
export interface Walk {
  /** Files by absolute path; files with problems are absent. */
  readonly files: ReadonlyMap<string, WalkedFile>;
  /** Problems by absolute path, as `file:line:column: reason`. */
  readonly problems: ReadonlyMap<string, readonly string[]>;
  readonly warnings: readonly string[];
}

/** Returns the key of an import in {@link WalkedFile.targets}. */
export function importKey(kind: ImportKind, specifier: string): string {
  return `${kind} ${specifier}`;
}

/**
 * The bundler gets files in this namespace instead of `file`, where it would confuse files whose names differ only in
 * case.
 */
const sourceNamespace = "source";
/** The prefix of specifiers that make the bundler read a file. */
const readPrefix = "baton-read:";
/**
 * Whether a specifier names the SDK. It is not compiled, even where it is linked: every thread would load the maps of
 * sixty files.
 */
function isOwnSdk(specifier: string): boolean {
  return /^@baton\/sdk(?:\/|$)/.test(specifier);
}

/** Packages that stop code from being imported in a browser or on a server; bundlers of web frameworks remove them. */
const guardPackages: ReadonlySet<string> = new Set(["server-only", "client-only"]);

/**
 * Follows the imports of files through everything that must be compiled: files outside `node_modules`, and TypeScript
 * in it. The bundler of esbuild reads the imports and resolves them by the rules of TypeScript and Node.js; its bundle
 * is thrown away.
 *
 * @param entries - absolute paths
 * @param inputs - gets every file that is read, also when the walk fails
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
  /** Code of files whose imports only the bundler finds. */
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
      // Problems of files are known from reading them. The bundler's errors about joining files do not matter, unless
      // it failed before it read any file.
      const isStopped = this.files.size === 0 && this.problems.size === 0;
      if (isStopped) this.#addProblems(entries[0] ?? "", error.errors.map(describeMessage));
    }
  }

  /** Returns converted files that must stay ES modules, because `require` cannot load what they import. */
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
      // Set explicitly, because esbuild's default contains the condition "module", which Node.js does not know.
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

  /**
   * Reads a file and follows the imports that the lexer finds. The bundler follows those of files that the lexer cannot
   * read.
   */
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

  /** Finds and records the target of an import. */
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
    // An import that is only loaded when the code reaches it fails there, as in Node.js.
    if (!isStatic || this.#needModules.has(args.importer) || content === undefined || !("code" in content)) return;
    const name = path.relative(this.#place.projectDir, args.importer);
    const source = content.map.sourcesContent?.[0] ?? "";
    this.#addProblems(args.importer, [missingImport(name, source, args.path)]);
  }

  #isStaticOfConverted({ importer, path: specifier }: FoundImport): boolean {
    const content = this.files.get(importer)?.content;
    return content !== undefined && "code" in content && content.isConverted && content.staticSpecifiers.has(specifier);
  }

  /** Reads and translates a file. Returns undefined for a data file and for a file with problems. */
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
