import { type Import, parse } from "es-module-lexer";
import { declaration, isOnlyExported, typeBinding } from "./declarations.ts";
import type { ModuleExports } from "./exported-names.ts";
import { type ImportedBinding, importedBindings } from "./import-clause.ts";
import type { InteropRequest } from "./interop-module.ts";
import { announceExports, importCall, type Needs, placeCommonJs, placeModule } from "./module-place.ts";
import { type SourceMap, TextEdits } from "./text-edits.ts";
import { injected, type TranslatedFile } from "./translate.ts";
import { importKey, type Target } from "./walk.ts";

/** Answers questions about other files that arise while a file is linked. */
export interface Links {
  /** Returns the specifier by which outputs import a target. */
  specifierOf(target: Target): string;
  isData(target: Target): boolean;
  exportsOf(file: string): ModuleExports;
  /** Adds an output that adapts a CommonJS module for an import, and returns its specifier. */
  addInterop(request: InteropRequest): string;
}

/** One file that is linked. */
export interface LinkedFile {
  readonly file: string;
  readonly content: TranslatedFile;
  readonly targets: ReadonlyMap<string, Target>;
  /** Whether the version's table has an entry for a `require` of this file's code. */
  readonly hasRequired: boolean;
}

/** Returns the output's code for a translated file. */
export function linkFile(linked: LinkedFile, links: Links): { readonly text: string; readonly map: SourceMap } {
  return new FileLink(linked, links).make();
}

const addonExports: ModuleExports = {
  format: "commonjs",
  names: new Set(),
  inherited: new Set(),
  isComplete: false,
  isCompiledModule: false,
};

class FileLink {
  readonly #linked: LinkedFile;
  readonly #links: Links;
  readonly #edits: TextEdits;
  readonly #needs: Needs = { meta: false, import: false };

  constructor(linked: LinkedFile, links: Links) {
    this.#linked = linked;
    this.#links = links;
    this.#edits = new TextEdits(linked.content.code);
  }

  make(): { readonly text: string; readonly map: SourceMap } {
    const { file, content, hasRequired } = this.#linked;
    const { code, format, isConverted, map } = content;
    const [imports, exports] = parse(code);
    for (const [index, found] of imports.entries()) {
      if (found.type === "import-meta") this.#linkMeta(found);
      else if (found.type === "dynamic") this.#linkDynamic(found);
      else {
        const reexported = exports.flatMap((one) =>
          one.type === "reexport" && one.importIndex === index
            ? [{ imported: one.importName ?? "*", local: one.name }]
            : [],
        );
        this.#linkDeclaration(found, reexported);
      }
    }
    if (format === "commonjs") {
      placeCommonJs(code, isConverted, this.#needs, this.#edits);
      const { inherited } = this.#links.exportsOf(file);
      announceExports([...(isConverted ? ["__esModule"] : []), ...inherited].sort(), code.length, this.#edits);
    } else placeModule(code, hasRequired, this.#needs, this.#edits);
    return this.#edits.apply(map);
  }

  #linkMeta({ start, end }: Import): void {
    this.#edits.replace(start, end, `${injected.meta}()`);
    this.#needs.meta = true;
  }

  #linkDynamic(found: Import & { readonly type: "dynamic" }): void {
    const target = found.glob ? undefined : this.#targetOf(found);
    if (target === undefined) {
      this.#edits.replace(found.importStart, found.importStart + "import".length, importCall);
      this.#needs.import = true;
      return;
    }
    this.#edits.replace(found.start, found.end, JSON.stringify(this.#links.specifierOf(target)));
    if (this.#links.isData(target)) this.#edits.replace(found.end, found.importEnd - 1, "");
  }

  #linkDeclaration(found: Import, reexported: readonly ImportedBinding[]): void {
    const target = this.#targetOf(found);
    if (target === undefined) return;
    const statement = this.#linked.content.code.slice(found.importStart, found.importEnd);
    const isExport = statement.startsWith("export");
    const bindings = isExport ? reexported : importedBindings(statement);
    const rewritten = this.#rewrite(target, bindings, isExport ? undefined : reexported);
    if (rewritten !== undefined) {
      const lines = statement.split("\n").length - 1;
      this.#edits.replace(found.importStart, found.importEnd, rewritten + "\n".repeat(lines));
      return;
    }
    this.#edits.replace(found.start, found.end, this.#links.specifierOf(target));
    if (this.#links.isData(target)) this.#edits.replace(found.end + 1, found.importEnd, "");
  }

  #targetOf({ specifier }: Import): Target | undefined {
    return typeof specifier !== "string" ? undefined : this.#linked.targets.get(importKey("import", specifier));
  }

  /**
   * Returns a new declaration when Node.js would not find the names of the original; undefined when it finds them.
   *
   * @param exported - the bindings of an import declaration that are re-exported; undefined for an export declaration
   */
  #rewrite(
    target: Target,
    bindings: readonly ImportedBinding[],
    exported: readonly ImportedBinding[] | undefined,
  ): string | undefined {
    if (target.type === "empty" || target.file === undefined || bindings.length === 0) return undefined;
    const isAddon = target.file.endsWith(".node");
    const wantsDefault =
      this.#linked.content.hasBundlerInterop && bindings.some(({ imported }) => imported === "default");
    const names = bindings.map(({ imported }) => imported).filter((name) => name !== "*" && name !== "default");
    // Reading a package costs time, so it is read only when the declaration may need a change.
    if (!isAddon && names.length === 0 && !wantsDefault) return undefined;
    const found = isAddon ? addonExports : this.#links.exportsOf(target.file);
    if (found.format === "module") return this.#rewriteTypes(target, found, bindings, exported);
    const unseen = names.filter((name) => !found.names.has(name));
    const hasOwnDefault = wantsDefault && found.isCompiledModule;
    if (!isAddon && unseen.length === 0 && !hasOwnDefault) return undefined;
    const specifier = this.#links.specifierOf(target);
    const interop = this.#links.addInterop({ specifier, names: unseen, hasOwnDefault, isAddon });
    return declaration(bindings, interop, exported === undefined);
  }

  /** Replaces bindings that are types: TypeScript may import and re-export a type without marking it as a type. */
  #rewriteTypes(
    target: Target,
    found: ModuleExports,
    bindings: readonly ImportedBinding[],
    exported: readonly ImportedBinding[] | undefined,
  ): string | undefined {
    const { code, isTypeScript } = this.#linked.content;
    if (!isTypeScript || !found.isComplete) return undefined;
    const types = bindings.filter(({ imported, local }) => {
      if (imported === "*" || found.names.has(imported)) return false;
      const clauses = exported?.filter((one) => one.imported === imported).length;
      return clauses === undefined || isOnlyExported(code, local, clauses);
    });
    if (types.length === 0) return undefined;
    const isExport = exported === undefined;
    const values = bindings.filter((binding) => !types.includes(binding));
    const kept = declaration(values, this.#links.specifierOf(target), isExport);
    return [kept, ...types.map(({ local }) => typeBinding(local, isExport))].join(" ");
  }
}
