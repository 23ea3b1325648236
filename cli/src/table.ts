import { showInLine } from "./shown-text.ts";
import { cutText, padText, textWidth } from "./text-width.ts";

/** A column of a table. */
export interface Column {
  readonly title: string;
  /** Numbers stand at the right. */
  readonly alignRight?: boolean;
  /** On a narrow terminal cells are cut to this many columns and more; absent: they are never cut. */
  readonly minWidth?: number;
  /** On a terminal that is too narrow for all the column is left out, the highest number first; absent: it stays. */
  readonly leaveOut?: number;
}

const gap = "  ";

/**
 * Lays out rows under titles, a line for each. With `columns` no line is wider, and columns that have no cell are left
 * out; without, all columns have their full width.
 *
 * @returns the line of titles, then one line for each row
 */
export function tableLines(
  header: readonly Column[],
  rows: readonly (readonly string[])[],
  columns: number | undefined,
): readonly string[] {
  const all = header.map((column, place) => {
    const cells = rows.map((row) => showInLine(row[place] ?? ""));
    return { ...column, cells, width: Math.max(textWidth(column.title), ...cells.map(textWidth)) };
  });
  const shown = columns === undefined ? all : fit(all, columns);
  const line = (cellOf: (column: (typeof all)[number]) => string): string => {
    const text = shown.map((column) => padCell(cellOf(column), column)).join(gap);
    return columns === undefined ? text.trimEnd() : cutText(text.trimEnd(), columns);
  };
  return [line(({ title }) => title), ...rows.map((_, place) => line(({ cells }) => cells[place] ?? ""))];
}

type Fitted = Column & { readonly cells: readonly string[]; readonly width: number };

/** Leaves out what does not fit, then gives the room that is left from left to right. */
function fit<Each extends Fitted>(all: readonly Each[], columns: number): readonly Each[] {
  const kept = all.filter(({ cells }) => cells.some((cell) => cell !== ""));
  while (leastWidth(kept) > columns) {
    const next = kept.reduce((last, column) => ((column.leaveOut ?? 0) > (last.leaveOut ?? 0) ? column : last));
    if (next.leaveOut === undefined) break;
    kept.splice(kept.indexOf(next), 1);
  }
  let spare = Math.max(0, columns - leastWidth(kept));
  return kept.map((column) => {
    const least = leastWidthOf(column);
    const width = Math.min(column.width, least + spare);
    spare -= width - least;
    return { ...column, width };
  });
}

function leastWidth(columns: readonly Fitted[]): number {
  return columns.reduce((sum, column) => sum + leastWidthOf(column), gap.length * (columns.length - 1));
}

function leastWidthOf({ minWidth, width }: Fitted): number {
  return minWidth === undefined ? width : Math.min(width, minWidth);
}

function padCell(cell: string, { width, alignRight }: Fitted): string {
  return padText(cutText(cell, width), width, alignRight);
}
