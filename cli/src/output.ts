import { styleText } from "node:util";

type Style = Parameters<typeof styleText>[0];

/** A stream that may be a terminal. */
export interface TextStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Where a command prints: results on one stream, everything else on the other. */
export class Output {
  readonly #out: TextStream;
  readonly #err: TextStream;
  readonly #env: NodeJS.ProcessEnv;

  constructor(out: TextStream, err: TextStream, env: NodeJS.ProcessEnv) {
    this.#out = out;
    this.#err = err;
    this.#env = env;
  }

  /** Is the result shown to a person? */
  get isTerminal(): boolean {
    return this.#out.isTTY === true;
  }

  /** Is progress shown to a person? */
  get isProgressTerminal(): boolean {
    return this.#err.isTTY === true;
  }

  /** Columns of the terminal; `undefined` when results go into a file or a pipe, where nothing is cut. */
  get columns(): number | undefined {
    return this.isTerminal ? this.#out.columns || 80 : undefined;
  }

  /** Prints lines of the result on stdout. */
  print(text: string): void {
    this.#out.write(`${text}\n`);
  }

  /** Prints one JSON document on a line of its own on stdout. */
  printJson(value: unknown): void {
    this.#out.write(`${JSON.stringify(value)}\n`);
  }

  /** Prints progress and remarks on stderr. */
  note(text: string): void {
    this.#err.write(`${text}\n`);
  }

  /** Rewrites the last line of stderr; only where that is a terminal. */
  status(text: string): void {
    if (this.isProgressTerminal) this.#err.write(`\r\u001b[2K${text.slice(0, (this.#err.columns || 80) - 1)}`);
  }

  /** Colours text that goes to stdout, or to stderr with `stream` "err", when that is a terminal that wants colours. */
  paint(style: Style, text: string, stream: "out" | "err" = "out"): string {
    const isTerminal = stream === "out" ? this.isTerminal : this.isProgressTerminal;
    const wanted = isTerminal && !this.#env.NO_COLOR && this.#env.TERM !== "dumb";
    return wanted ? styleText(style, text) : text;
  }
}
