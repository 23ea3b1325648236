import path from "node:path";
import type { ImportKind } from "./import-resolver.ts";
import { sourceExtensions } from "./translate.ts";

/** A file that is not code. */
export interface DataFile {
  readonly format: "json" | "text" | "style";
  readonly text: string;
}

/** Whether a file is compiled: all code outside `node_modules`, TypeScript in it too, and imported JSON anywhere. */
export function isCompiled(file: string, kind: ImportKind, attributes: Readonly<Record<string, string>>): boolean {
  const extension = path.extname(file);
  if (attributes.type === "text" || extension === ".css") return true;
  const isInPackage = file.split(path.sep).includes("node_modules");
  if (extension === ".json") return kind === "import" || !isInPackage;
  if (extension === ".txt") return !isInPackage;
  return sourceExtensions.has(extension) && (!isInPackage || /^\.[mc]?tsx?$/.test(extension));
}

/** Returns the format of a data file; undefined for code. */
export function dataFormat(file: string, isText: boolean): DataFile["format"] | undefined {
  if (isText) return "text";
  const extension = path.extname(file);
  if (extension === ".json") return "json";
  if (extension === ".css") return "style";
  return extension === ".txt" ? "text" : undefined;
}
