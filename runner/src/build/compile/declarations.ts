import { createHash } from "node:crypto";
import type { ImportedBinding } from "./import-clause.ts";

/** Returns an import declaration, or an export declaration with `from`, on one line. */
export function declaration(bindings: readonly ImportedBinding[], specifier: string, isExport: boolean): string {
  const from = JSON.stringify(specifier);
  const keyword = isExport ? "export" : "import";
  const nameOf = (local: string) => (isExport ? quoted(local) : local);
  const namespace = bindings.find(({ imported }) => imported === "*");
  const others = bindings.filter((binding) => binding !== namespace);
  const parts: string[] = [];
  if (namespace !== undefined) parts.push(`${keyword} * as ${nameOf(namespace.local)} from ${from};`);
  if (others.length > 0 || namespace === undefined) {
    const list = others.map(({ imported, local }) => `${quoted(imported)} as ${nameOf(local)}`);
    parts.push(`${keyword} { ${list.join(", ")} } from ${from};`);
  }
  return parts.join(" ");
}

/**
 * Returns a declaration in place of a binding that was a type in the source. Code never reads it, but an export clause
 * may name it, and other files may import it from there.
 */
export function typeBinding(local: string, isExport: boolean): string {
  if (!isExport) return `var ${local};`;
  const own = `__baton_type_${createHash("sha256").update(local).digest("hex").slice(0, 8)}`;
  return `var ${own}; export { ${own} as ${quoted(local)} };`;
}

/**
 * Whether code uses an imported name in export clauses only. It may then be a type, which nothing reads at run time.
 *
 * @param clauses - how many export clauses name it
 */
export function isOnlyExported(code: string, local: string, clauses: number): boolean {
  // The import itself contains the name once.
  return clauses > 0 && countOf(code, local) === clauses + 1;
}

function countOf(code: string, name: string): number {
  return code.match(new RegExp(`(?<![\\w$.])${name.replaceAll("$", "\\$")}(?![\\w$])`, "g"))?.length ?? 0;
}

function quoted(name: string): string {
  return name === "default" || /^[\w$]+$/.test(name) ? name : JSON.stringify(name);
}
