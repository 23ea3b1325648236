import type { Output } from "./output.ts";
import { spanText } from "./span-text.ts";

const frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"] as const;

/** Shows a moving line at the end of stderr, below the lines that stay. Where stderr is not a terminal, only lines that stay. */
export class ProgressLine implements Disposable {
  readonly #output: Output;
  readonly #since = Date.now();
  readonly #timer: NodeJS.Timeout | undefined;
  #text = "";
  #frame = 0;

  constructor(output: Output) {
    this.#output = output;
    if (output.isProgressTerminal) this.#timer = setInterval(() => this.#draw(), 100).unref();
  }

  /** Sets the text of the moving line. */
  update(text: string): void {
    this.#text = text;
    this.#draw();
  }

  /** Prints a line that stays. */
  note(line: string): void {
    this.#output.status("");
    this.#output.note(line);
    this.#draw();
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#output.status("");
  }

  #draw(): void {
    if (this.#text === "") return;
    this.#frame = (this.#frame + 1) % frames.length;
    this.#output.status(`${frames[this.#frame]} ${this.#text}  ${spanText(Date.now() - this.#since)}`);
  }
}
