import type { SourceMap } from "./text-edits.ts";

const prefix = "//# sourceMappingURL=data:application/json;base64,";

/**
 * Appends a source map to an output as its last line. A separate file would double the number of files in a version,
 * and writing files takes most of the time that a large project's build waits.
 */
export function withInlineMap(code: string, map: SourceMap): string {
  const separator = code.endsWith("\n") ? "" : "\n";
  return `${code}${separator}${prefix}${Buffer.from(JSON.stringify(map)).toString("base64")}\n`;
}

/** Returns the source map that {@link withInlineMap} appended to an output; undefined when there is none. */
export function readInlineMap(output: string): SourceMap | undefined {
  const start = output.lastIndexOf(prefix);
  if (start < 0) return undefined;
  return JSON.parse(Buffer.from(output.slice(start + prefix.length), "base64").toString()) as SourceMap;
}
