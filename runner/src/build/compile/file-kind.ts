import path from "node:path";
import type { ImportKind } from "./import-resolver.ts";
import { sourceExtensions } from "./translate.ts";

/** A file that is no code. */
export interface DataFile {
  readonly format: "json" | "text" | "style";
  readonly text: string;
}

/** What is compiled: all code outside `node_modules` and TypeScript in it; JSON that is imported, wherever it lies. */
export function isCompiled(file: string, kind: ImportKind, attributes: Readonly<Record<string, string>>): boolean {
  const extension = path.extname(file);
  if (attributes.type === "text" || extension === ".css") return true;
  const isInPackage = file.split(path.sep).includes("node_modules");
  if (extension === ".json") return kind === "import" || !isInPackage;
  if (extension === ".txt") return !isInPackage;
  return sourceExtensions.has(extension) && (!isInPackage || /^\.[mc]?tsx?$/.test(extension));
}

/** How a file is read that is no code; undefined for code. */
export function dataFormat(file: string, isText: boolean): DataFile["format"] | undefined {
  if (isText) return "text";
  const extension = path.extname(file);
  if (extension === ".json") return "json";
  if (extension === ".css") return "style";
  return extension === ".txt" ? "text" : undefined;
}
