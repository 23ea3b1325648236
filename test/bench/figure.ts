import { median } from "./statistics.ts";

/** What is wanted of a figure. */
export type Wanted = { readonly atLeast: number } | { readonly atMost: number };

/** One measured figure. */
export interface Figure {
  /** The point of docs/performance.md that it belongs to, 1 to 10. */
  readonly point: number;
  /** In snake case, with its unit at the end; a quotient of two measurements ends in `_ratio`. */
  readonly name: string;
  readonly value: number;
  /** The smallest and the largest value, when `value` is the median of several rounds. */
  readonly spread?: readonly [smallest: number, largest: number];
  /** Absent when the figure only informs. */
  readonly wanted?: Wanted;
}

/** The ten points of docs/performance.md. */
export const pointTitles: Readonly<Record<number, string>> = {
  1: "small tasks: throughput and CPU",
  2: "latency",
  3: "many queues and tasks",
  4: "triggers through the SDK",
  5: "more runners, more cores, more threads",
  6: "payloads and logs",
  7: "a million queued runs",
  8: "idle, and cold start",
  9: "the store file, reads and lists",
  10: "MongoDB beside SQLite",
};

/** Returns the median of the rounds with their spread. */
export function figureOf(point: number, name: string, rounds: readonly number[], wanted?: Wanted): Figure {
  const spread = [Math.min(...rounds), Math.max(...rounds)] as const;
  return { point, name, value: median(rounds), ...(rounds.length > 1 && { spread }), ...(wanted && { wanted }) };
}

/** Returns the quotients of two measurements, round by round. */
export function ratiosOf(numerators: readonly number[], denominators: readonly number[]): readonly number[] {
  return numerators.map((numerator, round) => numerator / (denominators[round] ?? Number.NaN));
}

/** Prints a table of points, each with its figures beside what is wanted. A point without figures is not measured. */
export function printTable(figures: readonly Figure[], points: readonly number[]): void {
  const width = Math.max(...figures.map(({ name }) => name.length), 20);
  const row = (...[name, measured, wanted]: readonly [string, string, string]) =>
    console.log(`   ${name.padEnd(width)}  ${measured.padEnd(28)}  ${wanted}`.trimEnd());
  row("figure", "measured (smallest-largest)", "wanted");
  for (const point of points) {
    console.log(`${String(point).padStart(2)} ${pointTitles[point]}`);
    const own = figures.filter((figure) => figure.point === point);
    if (own.length === 0) row("", "not measured", "");
    for (const figure of own) row(figure.name, measuredText(figure), wantedText(figure));
  }
}

/** Prints figures for programs, one a line. */
export function printLines(figures: readonly Figure[]): void {
  for (const { name, value } of figures) console.log(`${name}=${rounded(value)}`);
}

/** Whether a figure is what is wanted; undefined when nothing is wanted of it. */
export function isReached({ value, wanted }: Figure): boolean | undefined {
  if (wanted === undefined) return undefined;
  return "atLeast" in wanted ? value >= wanted.atLeast : value <= wanted.atMost;
}

function measuredText({ spread, value }: Figure): string {
  return spread === undefined ? rounded(value) : `${rounded(value)} (${rounded(spread[0])}-${rounded(spread[1])})`;
}

function wantedText(figure: Figure): string {
  if (figure.wanted === undefined) return "";
  const text = "atLeast" in figure.wanted ? `≥ ${figure.wanted.atLeast}` : `≤ ${figure.wanted.atMost}`;
  return isReached(figure) ? text : `${text}, missed`;
}

/** Returns a number with as many digits as mean something. */
function rounded(value: number): string {
  return value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : 2);
}
