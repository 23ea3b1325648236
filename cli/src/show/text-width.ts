import { stripVTControlCharacters } from "node:util";
import stringWidth from "string-width";
import { showControls } from "./shown-text.ts";

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** Columns that text takes on a terminal: colours take none, an ideograph or emoji two, a control character those of its code. */
export function textWidth(text: string): number {
  return stringWidth(showControls(text));
}

/** Cuts text to a number of columns and marks the cut with an ellipsis. Colours are lost when it cuts. */
export function cutText(text: string, columns: number): string {
  if (textWidth(text) <= columns) return text;
  if (columns <= 1) return "…".slice(0, columns);
  const plain = stripVTControlCharacters(showControls(text));
  return `${plain.slice(0, fittingLength(plain, columns - 1))}…`;
}

/** Fills text with spaces up to a number of columns. */
export function padText(text: string, columns: number, alignRight = false): string {
  const padding = " ".repeat(Math.max(0, columns - textWidth(text)));
  return alignRight ? padding + text : text + padding;
}

/**
 * Breaks a line, at a space where one is near, so that no part of it is wider than `columns`; further parts are indented. Colours are lost when it
 * breaks.
 *
 * @param indent - columns in front of each further part; at most half of `columns` are used
 */
export function wrapLine(line: string, columns: number, indent: number): string {
  if (textWidth(line) <= columns) return line;
  const margin = " ".repeat(Math.min(indent, Math.floor(columns / 2)));
  const parts: string[] = [];
  let rest = stripVTControlCharacters(showControls(line));
  while (rest !== "") {
    const room = parts.length === 0 ? columns : columns - margin.length;
    // A grapheme that is wider than the terminal stands alone.
    const length = fittingLength(rest, room) || (graphemes.segment(rest).containing(0)?.segment.length ?? 1);
    const space = length < rest.length ? lastBreak(rest, length) : -1;
    // Where words are short the break is at a space, which needs no place in either part.
    const [end, next] = space > length / 2 ? [space, space + 1] : [length, length];
    parts.push(rest.slice(0, end).trimEnd());
    rest = rest.slice(next);
  }
  return parts.join(`\n${margin}`);
}

const endsWithNumber = /\d$/;
const beginsWithUnit = /^(?:ms|s|kB|MB)(?![\w-])/;

/** The last space up to a place at which a line may be broken, or -1: not that between a number and its unit. */
function lastBreak(text: string, from: number): number {
  const space = text.lastIndexOf(" ", from);
  if (space <= 0) return space;
  const isJoined = endsWithNumber.test(text.slice(0, space)) && beginsWithUnit.test(text.slice(space + 1));
  return isJoined ? lastBreak(text, space - 1) : space;
}

/** Characters of the longest beginning that fits. */
function fittingLength(text: string, columns: number): number {
  let length = 0;
  let width = 0;
  for (const { index, segment } of graphemes.segment(text)) {
    width += textWidth(segment);
    if (width > columns) break;
    length = index + segment.length;
  }
  return length;
}
