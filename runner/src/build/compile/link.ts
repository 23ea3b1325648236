import path from "node:path";
import { dataModule } from "./data-module.ts";
import { ExportedNames, type KnownModule, type ModuleExports } from "./exported-names.ts";
import type { DataFile } from "./file-kind.ts";
import type { ImportKind } from "./import-resolver.ts";
import { withInlineMap } from "./inline-map.ts";
import { type InteropRequest, interopModule } from "./interop-module.ts";
import { type Links, linkFile } from "./link-file.ts";
import { type ModuleTable, moduleTableName } from "./module-table.ts";
import { outputName } from "./output-name.ts";
import type { TranslatedFile } from "./translate.ts";
import { importKey, type Target, type WalkedFile } from "./walk.ts";

/** One file of a version. All are in one folder, two levels below `.baton`. */
export interface CompiledOutput {
  readonly name: string;
  readonly contents: Uint8Array;
}

const emptyModule = "empty.cjs";

/**
 * Makes outputs of walked files. Their imports name outputs and packages so that Node.js finds them from the outputs'
 * folder, and code that asks for its own path gets that of its source.
 */
export class Linker implements Links {
  readonly #projectDir: string;
  readonly #outDir: string;
  readonly #files: ReadonlyMap<string, WalkedFile>;
  readonly #exports: ExportedNames;
  readonly #outputs = new Map<string, string>();
  readonly #sources = new Map<string, string>();
  readonly #required = new Map<string, Readonly<Record<string, string>>>();

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
    const { content, targets } = walked;
    if ("code" in content) this.#addCode(file, content, targets);
    else this.#addData(file, content);
  }

  /** Every output, sorted by name. */
  finish(): CompiledOutput[] {
    const table: ModuleTable = {
      sources: Object.fromEntries(this.#sources),
      required: Object.fromEntries(this.#required),
    };
    this.#outputs.set(moduleTableName, JSON.stringify(table));
    const encoder = new TextEncoder();
    return [...this.#outputs]
      .map(([name, text]) => ({ name, contents: encoder.encode(text) }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Returns the name of the output that is imported in place of a file. */
  outputOf(file: string, kind: ImportKind = "import"): string {
    const format = this.#files.get(file)?.content.format;
    if (format === "style") return emptyModule;
    if (format === "json" && kind === "require") return outputName(this.#projectDir, file, ".json");
    return outputName(this.#projectDir, file, format === "commonjs" ? ".cjs" : ".mjs");
  }

  specifierOf(target: Target): string {
    if (target.type === "native") return target.specifier;
    if (target.type === "source") return `./${this.outputOf(target.file)}${target.suffix}`;
    this.#outputs.set(emptyModule, "");
    return `./${emptyModule}`;
  }

  isData(target: Target): boolean {
    if (target.type !== "source") return false;
    const content = this.#files.get(target.file)?.content;
    return content !== undefined && !("code" in content);
  }

  exportsOf(file: string): ModuleExports {
    return this.#exports.of(file);
  }

  addInterop(request: InteropRequest): string {
    const { name, text } = interopModule(request);
    this.#outputs.set(name, text);
    return `./${name}`;
  }

  #known(file: string): KnownModule | undefined {
    const walked = this.#files.get(file);
    if (walked === undefined) return undefined;
    const { content, targets } = walked;
    const format = content.format === "commonjs" ? "commonjs" : "module";
    const kind = format === "commonjs" ? "require" : "import";
    return {
      format,
      code: "code" in content ? content.code : dataModule(content),
      isConverted: "code" in content && content.isConverted,
      resolve: (specifier) => {
        const target = targets.get(importKey(kind, specifier));
        return target === undefined || target.type === "empty" ? undefined : target.file;
      },
    };
  }

  #addData(file: string, content: DataFile): void {
    this.#outputs.set(this.outputOf(file), dataModule(content));
    if (content.format === "json") this.#outputs.set(this.outputOf(file, "require"), content.text);
  }

  #addCode(file: string, content: TranslatedFile, targets: ReadonlyMap<string, Target>): void {
    const name = this.outputOf(file);
    const required = this.#findRequired(targets);
    if (required.size > 0) this.#required.set(name, Object.fromEntries(required));
    const { text, map } = linkFile({ file, content, targets, hasRequired: required.size > 0 }, this);
    const source = this.#relative(file);
    this.#outputs.set(name, withInlineMap(text, { ...map, sources: [source] }));
    this.#sources.set(name, source);
  }

  /** Returns the targets that `require` would not find by itself from the source's path. */
  #findRequired(targets: ReadonlyMap<string, Target>): Map<string, string> {
    const required = new Map<string, string>();
    for (const [key, target] of targets) {
      if (!key.startsWith("require ")) continue;
      const specifier = key.slice("require ".length);
      if (target.type === "source") required.set(specifier, this.outputOf(target.file, "require"));
      else if (target.type === "empty") required.set(specifier, this.specifierOf(target).slice("./".length));
      else if (target.file !== undefined && target.specifier !== specifier) {
        required.set(specifier, this.#relative(target.file));
      }
    }
    return required;
  }

  #relative(file: string): string {
    return path.relative(this.#outDir, file).split(path.sep).join("/");
  }
}
