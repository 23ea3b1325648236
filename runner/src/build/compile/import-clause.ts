/** One binding of an import declaration. */
export interface ImportedBinding {
  /** `default`, `*`, or a name. */
  readonly imported: string;
  readonly local: string;
}

const clause = /^import\s*(?:defer\s+|source\s+)?(?<bindings>[^"']*(?:"[^"]*"[^"']*)*?)\s*from\s*["']/;
const named = /(?:"(?<text>(?:[^"\\]|\\.)*)"|(?<name>[\w$\u0080-\uffff]+))(?:\s+as\s+(?<local>[\w$\u0080-\uffff]+))?/gu;

/**
 * Returns the bindings that an import declaration creates.
 *
 * @param statement - the declaration as esbuild prints it, from `import` on; may have no bindings
 */
export function importedBindings(statement: string): ImportedBinding[] {
  const bindings = clause.exec(statement)?.groups?.bindings;
  if (bindings === undefined) return [];
  const found: ImportedBinding[] = [];
  const open = bindings.indexOf("{");
  const before = (open < 0 ? bindings : bindings.slice(0, open)).split(",").map((part) => part.trim());
  for (const part of before) {
    if (part.startsWith("*")) found.push({ imported: "*", local: part.replace(/^\*\s*as\s+/, "") });
    else if (part !== "") found.push({ imported: "default", local: part });
  }
  if (open < 0) return found;
  for (const { groups } of bindings.slice(open + 1, bindings.lastIndexOf("}")).matchAll(named)) {
    const imported = groups?.name ?? (JSON.parse(`"${groups?.text}"`) as string);
    found.push({ imported, local: groups?.local ?? imported });
  }
  return found;
}
