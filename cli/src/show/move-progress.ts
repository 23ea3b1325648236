import type { MoveCounts, MoveSummary } from "@baton/coordinator";
import type { Output } from "./output.ts";
import { ProgressLine } from "./progress-line.ts";
import { spanText } from "./span-text.ts";

/** Milliseconds between lines that stay, where there is no moving line. */
const noteIntervalMs = 10_000;
/** Milliseconds between changes of the moving line. */
const updateIntervalMs = 100;

const number = new Intl.NumberFormat("en");

/**
 * Shows the progress of an export or import: a moving line on a terminal, or a line every 10 s when the other end of a pipe may
 * use the terminal's last line; and always one line at the end.
 */
export class MoveProgress implements Disposable {
  readonly #output: Output;
  readonly #line: ProgressLine | undefined;
  readonly #startedAt = Date.now();
  #toldAt = Date.now();

  constructor(output: Output, mayMove: boolean) {
    this.#output = output;
    if (mayMove) this.#line = new ProgressLine(output);
  }

  update(counts: MoveCounts): void {
    if (!this.#output.isProgressTerminal) return;
    const now = Date.now();
    const isDue = now - this.#toldAt >= (this.#line === undefined ? noteIntervalMs : updateIntervalMs);
    if (!isDue) return;
    this.#toldAt = now;
    const text = `${number.format(counts.runs)} runs  ${this.#rateOf(counts)}`;
    if (this.#line !== undefined) {
      this.#line.update(text);
    } else {
      this.#output.status("");
      this.#output.note(text);
    }
  }

  /** Prints the totals. */
  finish(verb: "exported" | "imported", summary: MoveSummary): void {
    this[Symbol.dispose]();
    const { keys, logLines, runs, sha256, versions } = summary;
    const parts = [
      `${number.format(runs)} runs`,
      `${number.format(logLines)} log lines`,
      `${number.format(versions)} task versions`,
      `${number.format(keys)} idempotency keys`,
    ];
    const took = spanText(Date.now() - this.#startedAt);
    this.#output.note(`${verb} ${parts.join(", ")} in ${took}, ${this.#rateOf(summary)}; sha256 ${sha256}`);
  }

  [Symbol.dispose](): void {
    this.#line?.[Symbol.dispose]();
    if (this.#line === undefined) this.#output.status("");
  }

  #rateOf({ runs }: MoveCounts): string {
    const seconds = Math.max(Date.now() - this.#startedAt, 1) / 1_000;
    return `${number.format(Math.round(runs / seconds))} runs/s`;
  }
}
