import { stripVTControlCharacters } from "node:util";
import stringWidth from "fast-string-width";
import { showControls } from "./shown-text.ts";

/** Text in which each character has one column and is a grapheme. */
const plainText = /^[\x20-\x7e]*$/;

let segmenter: Intl.Segmenter | undefined;

/** Returns the graphemes of text. The first call takes 20 ms, so most processes make none. */
function graphemesOf(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: "grapheme" });
  return segmenter.segment(text);
}

/** Counts the columns of text on a terminal: colours have none, an ideograph or emoji two, a control character those of its code. */
export function textWidth(text: string): number {
  return plainText.test(text) ? text.length : stringWidth(showControls(text));
}

/** Cuts text to a number of columns and marks the cut with an ellipsis. Colours are lost when it cuts. */
export function cutText(text: string, columns: number): string {
  if (textWidth(text) <= columns) return text;
  if (columns <= 1) return "…".slice(0, columns);
  const plain = stripVTControlCharacters(showControls(text));
  return `${plain.slice(0, fittingLength(plain, columns - 1))}…`;
}

/** Pads text with spaces to a number of columns. */
export function padText(text: string, columns: number, alignRight = false): string {
  const padding = " ".repeat(Math.max(0, columns - textWidth(text)));
  return alignRight ? padding + text : text + padding;
}

/**
 * Breaks a line into parts of at most `columns` columns, at a space where one is near, and indents all parts but the first.
 * Colours are lost when it breaks.
 *
 * @param indent - Columns before each part but the first; at most half of `columns`.
 */
export function wrapLine(line: string, columns: number, indent: number): string {
  if (textWidth(line) <= columns) return line;
  const margin = " ".repeat(Math.min(indent, Math.floor(columns / 2)));
  const parts: string[] = [];
  let rest = stripVTControlCharacters(showControls(line));
  while (rest !== "") {
    const room = parts.length === 0 ? columns : columns - margin.length;
    // A grapheme that is wider than the terminal gets a part of its own.
    const length = fittingLength(rest, room) || (graphemesOf(rest).containing(0)?.segment.length ?? 1);
    const space = length < rest.length ? lastBreak(rest, length) : -1;
    // The space at a break belongs to neither part.
    const [end, next] = space > length / 2 ? [space, space + 1] : [length, length];
    parts.push(rest.slice(0, end).trimEnd());
    rest = rest.slice(next);
  }
  return parts.join(`\n${margin}`);
}

const endsWithNumber = /\d$/;
const beginsWithUnit = /^(?:ms|s|kB|MB)(?![\w-])/;

/** Finds the last space before a place at which a line may break, but not one between a number and its unit; -1 if there is none. */
function lastBreak(text: string, from: number): number {
  const space = text.lastIndexOf(" ", from);
  if (space <= 0) return space;
  const isJoined = endsWithNumber.test(text.slice(0, space)) && beginsWithUnit.test(text.slice(space + 1));
  return isJoined ? lastBreak(text, space - 1) : space;
}

/** Counts the characters of the longest beginning that fits. */
function fittingLength(text: string, columns: number): number {
  if (plainText.test(text)) return Math.min(text.length, Math.max(0, columns));
  let length = 0;
  let width = 0;
  for (const { index, segment } of graphemesOf(text)) {
    width += textWidth(segment);
    if (width > columns) break;
    length = index + segment.length;
  }
  return length;
}
