import { readFile } from "node:fs/promises";
import path from "node:path";

const hasModuleSyntax =
  /^\s*(?:import\b\s*(?:[\w*{"']|$)|export\b\s*(?:[*{]|default\b|const\b|let\b|var\b|function\b|class\b|async\b))/m;

/** Does Node.js load this file as CommonJS (JSON and native addons included)? */
export async function isCommonJs(file: string): Promise<boolean> {
  const extension = path.extname(file);
  if (extension === ".mjs") return false;
  if (extension !== ".js" && extension !== "") return true;
  const type = await packageType(path.dirname(file));
  if (type !== undefined) return type !== "module";
  // Without a type, Node.js looks at the syntax, and so must we.
  return !hasModuleSyntax.test(await readFile(file, "utf8"));
}

/** The field `type` of the nearest package.json above. */
async function packageType(dir: string): Promise<string | undefined> {
  try {
    const manifest = JSON.parse(await readFile(path.join(dir, "package.json"), "utf8")) as { type?: unknown } | null;
    return typeof manifest?.type === "string" ? manifest.type : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") return undefined;
    const parent = path.dirname(dir);
    return parent === dir || path.basename(dir) === "node_modules" ? undefined : await packageType(parent);
  }
}
