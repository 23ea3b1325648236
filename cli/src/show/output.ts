import { styleText } from "node:util";
import { asPrinted, inColours, showInLine } from "./shown-text.ts";
import { cutText } from "./text-width.ts";

type Style = Parameters<typeof styleText>[0];

/** A stream that may be a terminal. */
export interface TextStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/**
 * Prints for a command: results on one stream, everything else on the other. Control characters in a text, which a task may
 * have printed, are shown and have no effect.
 */
export class Output {
  readonly #out: TextStream;
  readonly #err: TextStream;
  readonly #env: NodeJS.ProcessEnv;

  constructor(out: TextStream, err: TextStream, env: NodeJS.ProcessEnv) {
    this.#out = out;
    this.#err = err;
    this.#env = env;
  }

  /** Whether a person sees the progress, on a terminal whose last line can be rewritten. The log of a CI system is not one. */
  get isProgressTerminal(): boolean {
    return this.#err.isTTY === true && this.#env.TERM !== "dumb" && !isCi(this.#env);
  }

  /** The columns of the terminal; `undefined` when results go into a file or a pipe, where nothing is cut. */
  get columns(): number | undefined {
    return columnsOf(this.#out);
  }

  /** The columns of the terminal for progress and remarks; `undefined` when these go into a file or a pipe. */
  get noteColumns(): number | undefined {
    return columnsOf(this.#err);
  }

  /** Prints lines of the result on stdout. */
  print(text: string): void {
    this.#out.write(`${asPrinted(text)}\n`);
  }

  /** Prints one line of the result on stdout, cut where a terminal would wrap it. */
  printLine(text: string): void {
    const { columns } = this;
    const line = showInLine(text);
    this.print(columns === undefined ? line : cutText(line, columns));
  }

  /** Prints one JSON document in one line on stdout. Control characters become JSON escapes, so the value stays the same. */
  printJson(value: unknown): void {
    this.print(JSON.stringify(value));
  }

  /** Prints progress and remarks on stderr. */
  note(text: string): void {
    this.#err.write(`${asPrinted(text)}\n`);
  }

  /** Prints one line of progress on stderr, cut where a terminal would wrap it. */
  noteLine(text: string): void {
    const { noteColumns } = this;
    const line = showInLine(text);
    this.note(noteColumns === undefined ? line : cutText(line, noteColumns));
  }

  /** Rewrites the last line of stderr, if that is a terminal. */
  status(text: string): void {
    if (!this.isProgressTerminal) return;
    const line = cutText(showInLine(text), (this.noteColumns ?? 80) - 1);
    this.#err.write(`\r\u001b[2K${asPrinted(line)}`);
  }

  /** Colours text for stdout, or for stderr with `stream` "err", if that stream shows colours. */
  paint(style: Style, text: string, stream: "out" | "err" = "out"): string {
    const { isTTY } = stream === "out" ? this.#out : this.#err;
    // The stream was checked above; newer versions of Node.js would check stdout only.
    if (!wantsColours(isTTY === true, this.#env)) return text;
    const [open = "", close = ""] = styleText(style, "\n", { validateStream: false }).split("\n");
    return inColours(text, open, close);
  }
}

function columnsOf({ columns, isTTY }: TextStream): number | undefined {
  return isTTY === true ? columns || 80 : undefined;
}

/** The values of `FORCE_COLOR` that mean yes to Node.js. */
const forcing: ReadonlySet<string> = new Set(["", "1", "2", "3", "true"]);

/** Whether a stream shows colours, decided as Node.js does: by `FORCE_COLOR`, then `NO_COLOR`, then whether it is a terminal. */
function wantsColours(isTerminal: boolean, env: NodeJS.ProcessEnv): boolean {
  if (env.FORCE_COLOR !== undefined) return forcing.has(env.FORCE_COLOR);
  return isTerminal && !env.NO_COLOR && env.TERM !== "dumb" && !isCi(env);
}

/** Whether a CI system runs this process: `CI` is set, and is neither "false" nor "0". */
function isCi({ CI }: NodeJS.ProcessEnv): boolean {
  return CI !== undefined && !["", "0", "false"].includes(CI);
}
