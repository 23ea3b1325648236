import { readFileSync } from "node:fs";
import { SourceMap } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { readInlineMap } from "../compile/inline-map.ts";
import { type ModuleTable, moduleTableName } from "../compile/module-table.ts";

interface Place {
  readonly file: string;
  readonly line: number;
  readonly column?: number | undefined;
}

const frame = /(?:\(|at (?:async )?)((?:file:\/\/)?\/[^()]*?):(\d+):(\d+)\)?$/;
const syntaxErrorHead = /^((?:file:\/\/)?\/.*?):(\d+)\r?\n/;

/** Finds the line in a project's files that threw an error. */
export class ThrownPlace {
  readonly #dir: string;
  readonly #sources = new Map<string, string>();

  /** @param dir - the folder of the compiled files */
  constructor(dir: string) {
    this.#dir = dir;
    const { sources } = JSON.parse(readFileSync(path.join(dir, moduleTableName), "utf8")) as ModuleTable;
    for (const [output, source] of Object.entries(sources)) {
      this.#sources.set(path.join(dir, output), path.resolve(dir, source));
    }
  }

  /**
   * Returns the innermost line in the project's own files, otherwise in a package, as an absolute `file:line:column`.
   * Returns undefined when the error names neither.
   */
  find(error: Error): string | undefined {
    const stack = typeof error.stack === "string" ? error.stack : "";
    const head = syntaxErrorHead.exec(stack);
    if (head !== null && error.name === "SyntaxError") {
      return this.#show({ file: toPath(head[1] ?? ""), line: Number(head[2]) });
    }
    const places = stack.split("\n").flatMap((line): Place[] => {
      const found = frame.exec(line.trim());
      if (found === null) return [];
      return [{ file: toPath(found[1] ?? ""), line: Number(found[2]), column: Number(found[3]) }];
    });
    const own = new Set(this.#sources.values());
    const place =
      places.find(({ file }) => own.has(file) || this.#sources.has(file)) ??
      places.find(({ file }) => file.split(path.sep).includes("node_modules") && !file.startsWith(this.#dir));
    return place && this.#show(place);
  }

  /** Replaces names of compiled files in a text with those of their sources. */
  rename(text: string): string {
    let renamed = text;
    for (const [output, source] of this.#sources) {
      const name = path.basename(output);
      if (renamed.includes(name)) renamed = renamed.replaceAll(output, source).replaceAll(`./${name}`, source);
    }
    return renamed;
  }

  #show(place: Place): string {
    const { file, line, column } = this.#toSource(place);
    return [file, line, column].filter((part) => part !== undefined).join(":");
  }

  /** Reads source maps itself, because Node.js would read those of all files, which takes long. */
  #toSource(place: Place): Partial<Place> {
    const source = this.#sources.get(place.file);
    if (source === undefined) return place;
    try {
      const inline = readInlineMap(readFileSync(place.file, "utf8"));
      if (inline === undefined) return { file: source };
      const map = new SourceMap(inline as ConstructorParameters<typeof SourceMap>[0]);
      const found: { readonly originalLine?: number; readonly originalColumn?: number } = map.findEntry(
        place.line - 1,
        (place.column ?? 1) - 1,
      );
      if (found.originalLine === undefined) return { file: source };
      const column = place.column === undefined ? undefined : (found.originalColumn ?? 0) + 1;
      return { file: source, line: found.originalLine + 1, column };
    } catch {
      return { file: source };
    }
  }
}

function toPath(written: string): string {
  return written.startsWith("file:") ? fileURLToPath(written) : written;
}
