import { Console } from "node:console";
import { format } from "node:util";
import type { LogLevel } from "@baton/proto/contract/log-level";
import { withoutOwnFramesIn } from "@baton/sdk/lifecycle";
import { PrintedLines } from "./printed-lines.ts";

/** The level of the lines of each `console` method that prints or changes how other methods print. */
export const consoleLevels = {
  log: "log",
  info: "info",
  debug: "debug",
  warn: "warn",
  error: "error",
  dir: "log",
  dirxml: "log",
  table: "log",
  trace: "error",
  assert: "error",
  count: "log",
  countReset: "log",
  group: "log",
  groupCollapsed: "log",
  groupEnd: "log",
  time: "log",
  timeLog: "log",
  timeEnd: "log",
} as const satisfies Partial<Record<keyof Console, LogLevel>>;

/** One of the methods of `console` that print. */
export type ConsoleMethod = keyof typeof consoleLevels;

/** A standard stream. */
export type StreamName = "stdout" | "stderr";

const streamOf = { log: "stdout", info: "stdout", debug: "stdout", warn: "stderr", error: "stderr" } as const;

/** Receives the lines of an attempt. */
export interface LineSink {
  line(level: LogLevel, message: string): void;
  /** Receives the unfinished lines of both streams whenever they change. */
  unfinished(lines: readonly { readonly level: LogLevel; readonly message: string }[]): void;
}

/**
 * The printed output of one attempt as lines: its `console`, with groups, counters and timers of its own, and its
 * writes to the standard streams. Lines are ordered and joined as in a terminal.
 */
export class AttemptOutput {
  readonly #sink: LineSink;
  /**
   * Created at the first call that needs state or layout: Node.js lays out tables and keeps groups, counters and
   * timers.
   */
  #console: Console | undefined;
  /** The method of `#console` that is being called. */
  #method: ConsoleMethod = "log";
  #streams: Readonly<Record<StreamName, PrintedLines>> | undefined;
  #isEnded = false;

  constructor(sink: LineSink) {
    this.#sink = sink;
  }

  /** Handles a call of `console`. */
  call(method: ConsoleMethod, values: readonly unknown[]): void {
    const isPlain = method in streamOf;
    if (isPlain && this.#console === undefined) {
      this.#print(consoleLevels[method], streamOf[method as keyof typeof streamOf], format(...values));
      return;
    }
    this.#console ??= this.#makeConsole();
    const outer = this.#method;
    this.#method = method;
    try {
      (this.#console[method] as (...given: readonly unknown[]) => void)(...values);
    } finally {
      this.#method = outer;
    }
  }

  /** Handles a write to a standard stream. */
  write(stream: StreamName, piece: string | Uint8Array, encoding?: BufferEncoding): void {
    this.#streams ??= {
      stdout: new PrintedLines((line) => this.#sink.line("log", line)),
      stderr: new PrintedLines((line) => this.#sink.line("error", line)),
    };
    const lines = this.#streams[stream];
    const before = lines.unfinished;
    lines.write(piece, encoding);
    if (this.#isEnded) lines.end();
    else if (lines.unfinished !== before) this.#tellUnfinished();
  }

  /** Ends the attempt's output: unfinished lines count as whole, those of later writes too. */
  end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    if (this.#streams === undefined) return;
    this.#streams.stdout.end();
    this.#streams.stderr.end();
    this.#tellUnfinished();
  }

  #print(level: LogLevel, stream: StreamName, text: string): void {
    const begun = this.#streams?.[stream].take() ?? "";
    this.#sink.line(level, begun + text);
    if (begun !== "") this.#tellUnfinished();
  }

  #tellUnfinished(): void {
    const { stdout, stderr } = this.#streams ?? {};
    const lines = [
      { level: "log", message: stdout?.unfinished ?? "" },
      { level: "error", message: stderr?.unfinished ?? "" },
    ] as const;
    this.#sink.unfinished(lines.filter(({ message }) => message !== ""));
  }

  #makeConsole(): Console {
    const streamTo = (stream: StreamName) =>
      ({
        write: (text: string) => {
          const line = text.endsWith("\n") ? text.slice(0, -1) : text;
          const level = consoleLevels[this.#method];
          this.#print(level, stream, this.#method === "trace" ? withoutOwnFramesIn(line) : line);
          return true;
        },
      }) as unknown as NodeJS.WritableStream;
    return new Console({ stdout: streamTo("stdout"), stderr: streamTo("stderr"), ignoreErrors: false });
  }
}
