import { stripVTControlCharacters } from "node:util";

/** A column of a table. */
export interface Column {
  readonly title: string;
  /** Numbers stand at the right. */
  readonly alignRight?: boolean;
  /** Gives up width first when the terminal is narrow; the last such column does. */
  readonly flexible?: boolean;
}

const gap = "  ";

/** Lays out rows under titles. With `columns` no line is wider; cells of flexible columns are cut with an ellipsis. */
export function tableText(
  header: readonly Column[],
  rows: readonly (readonly string[])[],
  columns: number | undefined,
): string {
  const widths = fitWidths(header, naturalWidths(header, rows), columns);
  const line = (cells: readonly string[]): string =>
    header
      .map((column, index) => padCell(cells[index] ?? "", widths[index] ?? 0, column.alignRight === true))
      .join(gap)
      .trimEnd();
  return [line(header.map((column) => column.title)), ...rows.map(line)].join("\n");
}

/** Cuts text to a number of visible characters and says so with an ellipsis. Colours are lost when it cuts. */
export function cutText(text: string, width: number): string {
  const plain = stripVTControlCharacters(text);
  if (plain.length <= width) return text;
  return width <= 1 ? "…".slice(0, width) : `${plain.slice(0, width - 1)}…`;
}

function naturalWidths(header: readonly Column[], rows: readonly (readonly string[])[]): number[] {
  return header.map((column, index) =>
    Math.max(column.title.length, ...rows.map((row) => visibleLength(row[index] ?? ""))),
  );
}

function fitWidths(header: readonly Column[], widths: number[], columns: number | undefined): readonly number[] {
  if (columns === undefined) return widths;
  let excess = widths.reduce((sum, width) => sum + width, 0) + gap.length * (header.length - 1) - columns;
  for (let index = header.length - 1; index >= 0 && excess > 0; index -= 1) {
    if (header[index]?.flexible !== true) continue;
    const width = widths[index] ?? 0;
    const cut = Math.min(excess, Math.max(0, width - 8));
    widths[index] = width - cut;
    excess -= cut;
  }
  return widths;
}

function padCell(cell: string, width: number, alignRight: boolean): string {
  const text = cutText(cell, width);
  const padding = " ".repeat(Math.max(0, width - visibleLength(text)));
  return alignRight ? padding + text : text + padding;
}

function visibleLength(text: string): number {
  return stripVTControlCharacters(text).length;
}
