import { readFileSync } from "node:fs";
import path from "node:path";
import { withoutByteOrderMark } from "@baton/proto/byte-order-mark";
import { init, parse } from "es-module-lexer";

/** How Node.js evaluates a file. */
export type ModuleFormat = "module" | "commonjs";

await init();

/** Returns the format of `.js` files that the nearest package.json names; undefined when it names none. */
export function packageType(file: string): ModuleFormat | undefined {
  for (let dir = path.dirname(file); ; dir = path.dirname(dir)) {
    const type = typeIn(path.join(dir, "package.json"));
    if (type !== "absent") return type;
    if (path.dirname(dir) === dir || path.basename(dir) === "node_modules") return undefined;
  }
}

/** Returns the format of a file that Node.js loads uncompiled. JSON and native addons count as CommonJS. */
export function formatOf(file: string, readText: (file: string) => string): ModuleFormat {
  const extension = path.extname(file);
  if (extension === ".mjs") return "module";
  if (extension !== ".js" && extension !== "") return "commonjs";
  return packageType(file) ?? (hasModuleSyntax(readText(file)) ? "module" : "commonjs");
}

/** Whether Node.js treats a text as an ES module. It decides by syntax when no package.json names the format. */
export function hasModuleSyntax(text: string): boolean {
  try {
    return parse(text)[3];
  } catch {
    return false;
  }
}

function typeIn(manifestFile: string): ModuleFormat | undefined | "absent" {
  let text: string;
  try {
    text = readFileSync(manifestFile, "utf8");
  } catch {
    return "absent";
  }
  try {
    const { type } = JSON.parse(withoutByteOrderMark(text)) as { type?: unknown };
    return type === "module" || type === "commonjs" ? type : undefined;
  } catch {
    return undefined;
  }
}
