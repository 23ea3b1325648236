import { readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { init, parse } from "es-module-lexer";
import { type TransformFailure, transform } from "esbuild";
import { resolve } from "import-meta-resolve";
import { formatOf } from "../compile/module-format.ts";
import { describeMessage } from "../compile/translate.ts";

const filesAtMost = 5_000;

/**
 * Finds the file with a syntax error among ES modules and their imports, because Node.js does not always name it.
 * @returns `file:line:column: reason`; undefined when no such file is found
 */
export async function findUnparsable(files: readonly string[]): Promise<string | undefined> {
  await init();
  const left = new Set(files);
  for (const file of left) {
    if (left.size > filesAtMost) return undefined;
    let code: string;
    try {
      code = await readFile(file, "utf8");
      if (formatOf(file, () => code) !== "module") continue;
      await transform(code, { loader: "js", sourcefile: file, logLevel: "silent", target: "esnext" });
    } catch (error) {
      const failure = error as Partial<TransformFailure>;
      if (failure.errors?.[0] === undefined) continue;
      return describeMessage(failure.errors[0]);
    }
    for (const found of imports(code, file)) left.add(found);
  }
  return undefined;
}

function imports(code: string, file: string): string[] {
  try {
    const [found] = parse(code);
    return found.flatMap((one) => {
      if (one.type === "import-meta" || one.specifier === undefined) return [];
      const url = resolve(one.specifier, pathToFileURL(file).href);
      return url.startsWith("file:") && /\.m?js$/.test(url) ? [path.normalize(fileURLToPath(url))] : [];
    });
  } catch {
    return [];
  }
}
