import { parse } from "es-module-lexer";
import type { OnResolveArgs } from "esbuild";
import type { TranslatedFile } from "./translate.ts";

/** An import of a file, in the form that the bundler reports. */
export type FoundImport = Pick<OnResolveArgs, "path" | "importer" | "kind" | "with">;

/** Returns the imports of a file; undefined when only a full parser might find all of them. */
export function lexImports({ code, format }: TranslatedFile, importer: string): FoundImport[] | undefined {
  if (format === "commonjs" || /\brequire\b/.test(code)) return undefined;
  const found: FoundImport[] = [];
  for (const one of parse(code)[0]) {
    if (one.type === "import-meta") continue;
    const isDynamic = one.type === "dynamic";
    const hasUnreadAttributes = isDynamic && /,/.test(code.slice(one.end, one.importEnd));
    if ((isDynamic && one.glob) || hasUnreadAttributes) return undefined;
    if (typeof one.specifier !== "string") continue;
    found.push({
      path: one.specifier,
      importer,
      kind: isDynamic ? "dynamic-import" : "import-statement",
      with: Object.fromEntries(one.attributes ?? []),
    });
  }
  return found;
}
