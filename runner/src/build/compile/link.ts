import { createHash } from "node:crypto";
import path from "node:path";
import { type Import, parse } from "es-module-lexer";
import { ExportedNames, type KnownModule } from "./exported-names.ts";
import { type ImportedBinding, importedBindings } from "./import-clause.ts";
import { type ModuleTable, moduleTableName } from "./module-table.ts";
import { outputName } from "./output-name.ts";
import { type SourceMap, TextEdits } from "./text-edits.ts";
import { injected, type TranslatedFile } from "./translate.ts";
import { type DataFile, type ImportKind, importKey, type Target, type WalkedFile } from "./walk.ts";

/** One file of the output; all lie in one folder, two levels below `.baton`. */
export interface CompiledOutput {
  readonly name: string;
  readonly contents: Uint8Array;
}

/** Where compiled modules find what a thread gives them; see `ModuleRuntime`. */
const runtime = `globalThis[Symbol.for("baton.modules.v1")]`;
const emptyModule = "empty.cjs";

/**
 * Makes outputs of walked files: their imports name outputs and packages as Node.js finds them from the folder of the outputs,
 * and code that asks where it lies gets the place of its source.
 */
export class Linker {
  readonly #projectDir: string;
  readonly #outDir: string;
  readonly #files: ReadonlyMap<string, WalkedFile>;
  readonly #exports: ExportedNames;
  readonly #outputs = new Map<string, string>();
  readonly #sources: Record<string, string> = {};
  readonly #required: Record<string, Record<string, string>> = {};

  constructor(
    { projectDir, outDir }: { readonly projectDir: string; readonly outDir: string },
    files: ReadonlyMap<string, WalkedFile>,
  ) {
    this.#projectDir = projectDir;
    this.#outDir = outDir;
    this.#files = files;
    this.#exports = new ExportedNames((file) => this.#known(file));
  }

  /** Adds the outputs of one file. */
  add(file: string): void {
    const walked = this.#files.get(file);
    if (walked === undefined) return;
    const { content } = walked;
    if (!("code" in content)) this.#addData(file, content);
    else this.#addCode(file, content, walked.targets);
  }

  /** Every output, sorted by name. */
  finish(): CompiledOutput[] {
    const table: ModuleTable = { sources: this.#sources, required: this.#required };
    this.#outputs.set(moduleTableName, JSON.stringify(table));
    const encoder = new TextEncoder();
    return [...this.#outputs]
      .map(([name, text]) => ({ name, contents: encoder.encode(text) }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** The name of the output that stands for a file when it is imported. */
  outputOf(file: string, kind: ImportKind = "import"): string {
    const content = this.#files.get(file)?.content;
    if (content?.format === "style") return emptyModule;
    if (content?.format === "json" && kind === "require") return outputName(this.#projectDir, file, ".json");
    const extension = content?.format === "commonjs" ? ".cjs" : ".mjs";
    return outputName(this.#projectDir, file, extension);
  }

  #known(file: string): KnownModule | undefined {
    const walked = this.#files.get(file);
    if (walked === undefined) return undefined;
    const { content, targets } = walked;
    const kind = content.format === "commonjs" ? "require" : "import";
    return {
      format: content.format === "commonjs" ? "commonjs" : "module",
      code: "code" in content ? content.code : dataModule(content),
      resolve: (specifier) => {
        const target = targets.get(importKey(kind, specifier));
        return target === undefined || target.type === "empty" ? undefined : target.file;
      },
    };
  }

  #addData(file: string, content: DataFile): void {
    if (content.format === "style") this.#outputs.set(emptyModule, "");
    else this.#outputs.set(this.outputOf(file), dataModule(content));
    if (content.format === "json") this.#outputs.set(this.outputOf(file, "require"), content.text);
  }

  #addCode(file: string, content: TranslatedFile, targets: ReadonlyMap<string, Target>): void {
    const name = this.outputOf(file);
    const edits = new TextEdits(content.code);
    const needs = new Set<keyof typeof injected | "require">();
    this.#recordRequired(name, targets);
    const [imports, exports] = parse(content.code);
    for (const [index, found] of imports.entries()) {
      const reexports = exports.flatMap((one) =>
        one.type === "reexport" && one.importIndex === index
          ? [{ imported: one.importName ?? "*", local: one.name }]
          : [],
      );
      this.#linkImport(file, content, targets, found, reexports, edits, needs);
    }
    if (content.format === "commonjs") introduceCommonJs(content.code, edits, needs);
    else introduceModule(content.code, edits, needs, this.#required[name] !== undefined);
    const { text, map } = edits.apply(content.map);
    this.#outputs.set(name, `${text}//# sourceMappingURL=${name}.map\n`);
    this.#outputs.set(`${name}.map`, JSON.stringify({ ...map, sources: [this.#relative(file)] } satisfies SourceMap));
    this.#sources[name] = this.#relative(file);
  }

  #relative(file: string): string {
    return path.relative(this.#outDir, file).split(path.sep).join("/");
  }

  #linkImport(
    file: string,
    content: TranslatedFile,
    targets: ReadonlyMap<string, Target>,
    found: Import,
    reexports: readonly ImportedBinding[],
    edits: TextEdits,
    needs: Set<string>,
  ): void {
    if (found.type === "import-meta") {
      edits.replace(found.start, found.end, `${injected.meta}()`);
      needs.add("meta");
      return;
    }
    const isGlob = found.type === "dynamic" && found.glob;
    const target =
      found.specifier === undefined || isGlob ? undefined : targets.get(importKey("import", found.specifier));
    if (found.type === "dynamic") {
      if (target === undefined) {
        edits.replace(found.importStart, found.importStart + "import".length, injected.import);
        needs.add("import");
      } else {
        const specifier = this.#specifier(target);
        edits.replace(found.start, found.end, JSON.stringify(specifier));
        if (isData(target, this.#files)) edits.replace(found.end, found.importEnd - 1, "");
      }
      return;
    }
    if (target === undefined) return;
    const statement = content.code.slice(found.importStart, found.importEnd);
    const isExport = statement.startsWith("export");
    const bindings = isExport ? reexports : importedBindings(statement);
    const rewritten = this.#rewriteBindings(file, content, target, bindings, isExport);
    if (rewritten !== undefined) {
      const lines = statement.split("\n").length - 1;
      edits.replace(found.importStart, found.importEnd, rewritten + "\n".repeat(lines));
      return;
    }
    edits.replace(found.start, found.end, this.#specifier(target));
    if (isData(target, this.#files)) edits.replace(found.end + 1, found.importEnd, "");
  }

  /** A declaration whose names Node.js would not find as they are written; undefined: it finds them. */
  #rewriteBindings(
    importer: string,
    content: TranslatedFile,
    target: Target,
    bindings: readonly ImportedBinding[],
    isExport: boolean,
  ): string | undefined {
    if (target.type === "empty" || target.file === undefined || bindings.length === 0) return undefined;
    const isAddon = target.file.endsWith(".node");
    const wantsDefault = bindings.some(({ imported }) => imported === "default");
    const names = bindings.map(({ imported }) => imported).filter((name) => name !== "*" && name !== "default");
    // Reading a package costs time: only what can need it does.
    if (!isAddon && names.length === 0 && !(wantsDefault && content.hasBundlerInterop)) return undefined;
    const specifier = this.#specifier(target);
    const { format, names: exported, isComplete } = isAddon ? addonExports : this.#exports.of(target.file);
    if (format === "commonjs") {
      const unseen = names.filter((name) => !exported.has(name));
      const hasOtherDefault = content.hasBundlerInterop && wantsDefault && exported.has("__esModule");
      if (!isAddon && unseen.length === 0 && !hasOtherDefault) return undefined;
      return declaration(bindings, `./${this.#interop(specifier, unseen, hasOtherDefault, isAddon)}`, isExport);
    }
    if (!content.isTypeScript || !isComplete) return undefined;
    const types = bindings.filter(
      ({ imported, local }) =>
        imported !== "*" && !exported.has(imported) && (isExport || isOnlyExported(content.code, local)),
    );
    if (types.length === 0) return undefined;
    const kept = bindings.filter((binding) => !types.includes(binding));
    return [
      declaration(kept, specifier, isExport),
      ...types.map(({ local }) => nothingNamed(local, isExport, importer)),
    ].join(" ");
  }

  /** Makes the output through which names of a CommonJS module are imported that Node.js does not see. */
  #interop(specifier: string, names: readonly string[], hasOtherDefault: boolean, isAddon: boolean): string {
    const from = JSON.stringify(specifier);
    const load = isAddon
      ? `import { createRequire } from "node:module";\nconst exported = createRequire(import.meta.url)(${JSON.stringify(decodeURIComponent(specifier))});`
      : `import exported from ${from};\nexport * from ${from};`;
    const lines = [
      load,
      hasOtherDefault
        ? "const byDefault = exported?.__esModule ? exported.default : exported;\nexport { byDefault as default };"
        : "export { exported as default };",
      ...[...new Set(names)].map((name, index) => {
        const text = JSON.stringify(name);
        return `const name${index} = exported?.[${text}];\nexport { name${index} as ${text} };`;
      }),
    ];
    const text = `${lines.join("\n")}\n`;
    const name = `interop-${createHash("sha256").update(text).digest("hex").slice(0, 16)}.mjs`;
    this.#outputs.set(name, text);
    return name;
  }

  #specifier(target: Target): string {
    if (target.type === "native") return target.specifier;
    if (target.type === "empty") {
      this.#outputs.set(emptyModule, "");
      return `./${emptyModule}`;
    }
    return `./${this.outputOf(target.file)}${target.suffix}`;
  }

  /** Only what `require` would not find by itself from the place of the source. */
  #recordRequired(name: string, targets: ReadonlyMap<string, Target>): void {
    const required: Record<string, string> = {};
    for (const [key, target] of targets) {
      if (!key.startsWith("require ")) continue;
      const specifier = key.slice("require ".length);
      if (target.type === "source") required[specifier] = this.outputOf(target.file, "require");
      else if (target.type === "empty") required[specifier] = this.#specifier(target).slice("./".length);
      else if (target.file !== undefined && target.specifier !== specifier) {
        required[specifier] = this.#relative(target.file);
      }
    }
    if (Object.keys(required).length > 0) this.#required[name] = required;
  }
}

const addonExports = { format: "commonjs", names: new Set<string>(), isComplete: false } as const;

function isData(target: Target, files: ReadonlyMap<string, WalkedFile>): boolean {
  if (target.type !== "source") return false;
  const content = files.get(target.file)?.content;
  return content !== undefined && !("code" in content);
}

/** A data file as an ES module: the value as default, and the members of a JSON object by name, as bundlers have it. */
function dataModule({ format, text }: DataFile): string {
  if (format === "style") return "";
  if (format === "text") return `export default ${JSON.stringify(text)};\n`;
  const value: unknown = JSON.parse(text);
  const lines = [`const value = JSON.parse(${JSON.stringify(text)});`, "export { value as default };"];
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    for (const [index, key] of Object.keys(value).entries()) {
      if (key === "default" || /\p{Surrogate}/u.test(key)) continue;
      lines.push(
        `const name${index} = value[${JSON.stringify(key)}];`,
        `export { name${index} as ${JSON.stringify(key)} };`,
      );
    }
  }
  return `${lines.join("\n")}\n`;
}

function declaration(bindings: readonly ImportedBinding[], specifier: string, isExport: boolean): string {
  const from = JSON.stringify(specifier);
  const namespace = bindings.find(({ imported }) => imported === "*");
  const keyword = isExport ? "export" : "import";
  const others = bindings.filter((binding) => binding !== namespace);
  const list = others
    .map(({ imported, local }) => `${quoted(imported)} as ${isExport ? quoted(local) : local}`)
    .join(", ");
  const lines: string[] = [];
  if (namespace !== undefined)
    lines.push(`${keyword} * as ${isExport ? quoted(namespace.local) : namespace.local} from ${from};`);
  if (others.length > 0 || namespace === undefined) lines.push(`${keyword} { ${list} } from ${from};`);
  return lines.join(" ");
}

function quoted(name: string): string {
  return name === "default" || /^[\w$]+$/.test(name) ? name : JSON.stringify(name);
}

/** A name that was a type in the source: nothing at run time, but it may be exported. */
function nothingNamed(local: string, isExport: boolean, importer: string): string {
  if (!isExport) return `var ${local};`;
  const own = `__baton_type_${createHash("sha256").update(`${importer} ${local}`).digest("hex").slice(0, 8)}`;
  return `var ${own}; export { ${own} as ${quoted(local)} };`;
}

/** Whether an imported name appears again in export clauses only: then nothing at run time needs it. */
function isOnlyExported(code: string, local: string): boolean {
  const everywhere = countOf(code, local);
  const [, exports] = parse(code);
  const exported = exports.filter((one) => one.type === "direct" && one.localName === local).length;
  const asItself = exports.filter(
    (one) => one.type === "direct" && one.localName === local && one.name === local,
  ).length;
  const inImport = everywhere - asItself - (exported - asItself);
  return exported > 0 && inImport === 1;
}

function countOf(code: string, name: string): number {
  return code.match(new RegExp(`(?<![\\w$.])${name.replaceAll("$", "\\$")}(?![\\w$])`, "g"))?.length ?? 0;
}

/** Points `require`, `module` and the names of the file at the place of the source. */
function introduceCommonJs(code: string, edits: TextEdits, needs: ReadonlySet<string>): void {
  const hashbang = code.startsWith("#!") ? code.indexOf("\n") + 1 : 0;
  const strict = /^"use strict";\n?/.exec(code.slice(hashbang))?.[0] ?? "";
  const asks = [
    ...(needs.has("import") ? [`import: ${injected.import}`] : []),
    ...(code.includes(injected.meta) ? [`meta: ${injected.meta}`] : []),
  ];
  const extras = asks.length > 0 ? `var ${asks.map((ask) => ask.split(": ")[1]).join(", ")};` : "";
  const members = ["require", "__filename", "__dirname", ...asks].join(", ");
  const load = needs.has("import") ? ", (url, options) => import(url, options)" : "";
  edits.insert(hashbang + strict.length, `${extras}({ ${members} } = ${runtime}.commonJs(module${load}));`);
}

/** Gives an ES module what it asks for; functions stand at the end, so that no line of the source moves. */
function introduceModule(code: string, edits: TextEdits, needs: ReadonlySet<string>, hasRequired: boolean): void {
  const first: string[] = [];
  const last: string[] = [];
  const asksForPlace = [injected.directory, injected.file].filter((name) => code.includes(name));
  if (asksForPlace.includes(injected.directory))
    first.push(`const ${injected.directory} = ${injected.meta}().dirname;`);
  if (asksForPlace.includes(injected.file)) first.push(`const ${injected.file} = ${injected.meta}().filename;`);
  if (hasRequired || mentionsRequire(code)) first.push(`const require = ${runtime}.require(import.meta.url);`);
  if (needs.has("meta") || asksForPlace.length > 0) {
    last.push(`function ${injected.meta}() { return ${runtime}.meta(import.meta.url); }`);
  }
  if (needs.has("import")) {
    last.push(
      `function ${injected.import}(specifier, options) { return ${runtime}.import(import.meta.url, specifier, (url) => import(url, options)); }`,
    );
  }
  const start = code.startsWith("#!") ? code.indexOf("\n") + 1 : 0;
  if (first.length > 0) edits.insert(start, first.join(""));
  if (last.length > 0) edits.insert(code.length, `${last.join("\n")}\n`);
}

/** Whether an ES module uses a `require` that it does not declare itself. */
function mentionsRequire(code: string): boolean {
  if (!/(?<![\w$.])require(?![\w$])/.test(code)) return false;
  return !/\b(?:const|let|var|function|class)\s+require\b|\bimport\b[^;"']*\brequire\b[^;"']*\bfrom\b|[{,:]\s*require\s*[},=]/.test(
    code,
  );
}
