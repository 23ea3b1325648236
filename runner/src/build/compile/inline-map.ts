import type { SourceMap } from "./text-edits.ts";

const prefix = "//# sourceMappingURL=data:application/json;base64,";

/**
 * Puts a source map into the last line of an output. A file of its own would double the files of a version, and writing them is
 * what building a large project waits for.
 */
export function withInlineMap(code: string, map: SourceMap): string {
  const separator = code.endsWith("\n") ? "" : "\n";
  return `${code}${separator}${prefix}${Buffer.from(JSON.stringify(map)).toString("base64")}\n`;
}

/** The source map that {@link withInlineMap} put into an output; undefined when it has none. */
export function readInlineMap(output: string): SourceMap | undefined {
  const start = output.lastIndexOf(prefix);
  if (start < 0) return undefined;
  return JSON.parse(Buffer.from(output.slice(start + prefix.length), "base64").toString()) as SourceMap;
}
