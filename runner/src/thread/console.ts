import { Console } from "node:console";
import { Writable } from "node:stream";
import { format } from "node:util";
import type { LogLevel } from "./thread-protocol.ts";

/** Takes one line. False: nobody captures it, so it is printed as usual. */
export type CaptureLine = (level: LogLevel, message: string) => boolean;

const levels = { log: "log", info: "info", debug: "debug", warn: "warn", error: "error" } as const;

/** Hands everything that code of this thread writes to `console` to `capture`. */
export function captureConsole(capture: CaptureLine): void {
  const original = globalThis.console;
  const print = { ...original };
  for (const [method, level] of Object.entries(levels) as [keyof typeof levels, LogLevel][]) {
    const printLine = print[method].bind(original);
    original[method] = (...values: unknown[]) => {
      if (!capture(level, format(...values))) printLine(...values);
    };
  }
  // Tables, groups, counters and timers are laid out by Node.js and arrive as text.
  const laidOut = new Console({
    stdout: new LineStream((text) => original.log(text)),
    stderr: new LineStream((text) => original.error(text)),
  });
  for (const method of ["table", "dir", "dirxml", "trace", "assert", "count", "timeEnd", "timeLog", "time"] as const) {
    (original as unknown as Record<string, unknown>)[method] = laidOut[method].bind(laidOut);
  }
}

class LineStream extends Writable {
  readonly #onText: (text: string) => void;

  constructor(onText: (text: string) => void) {
    super({ decodeStrings: false });
    this.#onText = onText;
  }

  override _write(chunk: string | Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#onText(String(chunk).replace(/\n$/, ""));
    done();
  }
}
