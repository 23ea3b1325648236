import { showInLine } from "./shown-text.ts";
import { cutText, padText, textWidth } from "./text-width.ts";

/** A column of a table. */
export interface Column {
  readonly title: string;
  /** Whether the column is aligned to the right, as numbers are. */
  readonly alignRight?: boolean;
  /** The fewest columns to which a narrow terminal cuts cells; absent when cells are never cut. */
  readonly minWidth?: number;
  /**
   * The width that the column gets, if its cells need it, before less important columns are shown and columns to the right
   * grow.
   * @defaultValue `minWidth`
   */
  readonly wantedWidth?: number;
  /** The order in which a narrow terminal leaves out columns, the highest number first; absent when the column always stays. */
  readonly leaveOut?: number;
}

const gap = "  ";

/**
 * Lays out rows under titles. With `columns`, no line is wider than that, and columns without a cell are left out. Without it,
 * all columns have their full width.
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

/** Leaves out columns that do not fit, then gives the remaining room from left to right, first up to the wanted widths. */
function fit<Each extends Fitted>(all: readonly Each[], columns: number): readonly Each[] {
  const kept = all.filter(({ cells }) => cells.some((cell) => cell !== ""));
  // Wanted widths come before less important columns.
  const leastImportant = Math.max(0, ...all.map(({ leaveOut, wantedWidth }) => (wantedWidth && leaveOut) || 0));
  leaveOutColumns(kept, columns, wantedWidthOf, leastImportant);
  leaveOutColumns(kept, columns, leastWidthOf, 0);
  const widths = kept.map(leastWidthOf);
  let spare = Math.max(0, columns - totalWidth(kept, leastWidthOf));
  for (const limitOf of [(column: Each) => Math.min(column.width, column.wantedWidth ?? column.width), fullWidthOf]) {
    for (const [place, column] of kept.entries()) {
      const before = widths[place] ?? 0;
      const more = Math.max(0, Math.min(limitOf(column) - before, spare));
      widths[place] = before + more;
      spare -= more;
    }
  }
  return kept.map((column, place) => ({ ...column, width: widths[place] ?? column.width }));
}

/** Leaves out columns with `leaveOut` above `limit`, the highest first, until the others fit. */
function leaveOutColumns(kept: Fitted[], columns: number, widthOf: (column: Fitted) => number, limit: number): void {
  while (totalWidth(kept, widthOf) > columns) {
    const next = kept.reduce((last, column) => ((column.leaveOut ?? 0) > (last.leaveOut ?? 0) ? column : last));
    if ((next.leaveOut ?? 0) <= limit) break;
    kept.splice(kept.indexOf(next), 1);
  }
}

function totalWidth(columns: readonly Fitted[], widthOf: (column: Fitted) => number): number {
  return columns.reduce((sum, column) => sum + widthOf(column), gap.length * (columns.length - 1));
}

function fullWidthOf({ width }: Fitted): number {
  return width;
}

function wantedWidthOf(column: Fitted): number {
  const { wantedWidth, width } = column;
  return wantedWidth === undefined ? leastWidthOf(column) : Math.min(width, wantedWidth);
}

function leastWidthOf({ minWidth, width }: Fitted): number {
  return minWidth === undefined ? width : Math.min(width, minWidth);
}

function padCell(cell: string, { width, alignRight }: Fitted): string {
  return padText(cutText(cell, width), width, alignRight);
}
