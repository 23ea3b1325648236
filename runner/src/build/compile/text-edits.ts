import { decode, encode, type SourceMapMappings } from "@jridgewell/sourcemap-codec";

/** A source map in the compiler's form. */
export interface SourceMap {
  readonly version: number;
  readonly sources: readonly string[];
  readonly sourcesContent?: readonly string[];
  readonly names: readonly string[];
  readonly mappings: string;
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * Replaces parts of a generated text and adjusts its source map. Neither the replaced parts nor their replacements
 * may contain line feeds, except at the end of the text.
 */
export class TextEdits {
  readonly #text: string;
  readonly #edits: Edit[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  /** Replaces `[start, end)`; parts must not overlap. */
  replace(start: number, end: number, text: string): void {
    this.#edits.push({ start, end, text });
  }

  /** Inserts a text without a line feed. */
  insert(at: number, text: string): void {
    this.replace(at, at, text);
  }

  /** Returns the edited text and its map. */
  apply(map: SourceMap): { readonly text: string; readonly map: SourceMap } {
    if (this.#edits.length === 0) return { text: this.#text, map };
    const edits = [...this.#edits].sort((a, b) => a.start - b.start || a.end - b.end);
    let text = "";
    let at = 0;
    for (const edit of edits) {
      text += this.#text.slice(at, edit.start) + edit.text;
      at = edit.end;
    }
    return { text: text + this.#text.slice(at), map: { ...map, mappings: this.#shift(map.mappings, edits) } };
  }

  #shift(mappings: string, edits: readonly Edit[]): string {
    const lines: SourceMapMappings = decode(mappings);
    let line = 0;
    let lineStart = 0;
    let shift = 0;
    for (const { start, end, text } of edits) {
      for (let next = this.#text.indexOf("\n", lineStart); next !== -1 && next < start; ) {
        line += 1;
        lineStart = next + 1;
        shift = 0;
        next = this.#text.indexOf("\n", lineStart);
      }
      const from = end - lineStart + shift;
      const growth = text.length - (end - start);
      for (const segment of lines[line] ?? []) if (segment[0] >= from) segment[0] += growth;
      shift += growth;
    }
    return encode(lines);
  }
}
