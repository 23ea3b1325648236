import type { Writable } from "node:stream";
import { type AttemptOutput, type ConsoleMethod, consoleLevels, type StreamName } from "./attempt-output.ts";
import { captureDescriptors } from "./capture-descriptors.ts";

/** Where printed output of the running code goes. */
export interface Capture {
  /** The attempt's output; undefined when nothing captures it and it is printed as usual. */
  readonly output: AttemptOutput | undefined;
  /** Whether captured output is also printed as usual. */
  readonly isPrintedToo: boolean;
}

/**
 * Captures everything that code of this thread prints, for the attempt that `find` returns: calls of `console`, writes
 * to `process.stdout` and `process.stderr`, and writes to their file descriptors through `node:fs`, which loggers make.
 */
export function captureOutput(find: () => Capture): void {
  const printed = new PrintedAsUsual();
  captureConsole(find, printed);
  captureStream("stdout", find, printed);
  captureStream("stderr", find, printed);
  captureDescriptors((stream, piece, encoding) => {
    const { isPrintedToo, output } = find();
    output?.write(stream, piece, encoding);
    return output !== undefined && !isPrintedToo;
  });
}

/** Marks calls of `console` that print as usual, so that the standard streams do not capture their text again. */
class PrintedAsUsual {
  isPrinting = false;

  print(code: () => void): void {
    const outer = this.isPrinting;
    this.isPrinting = true;
    try {
      code();
    } finally {
      this.isPrinting = outer;
    }
  }
}

function captureConsole(find: () => Capture, printed: PrintedAsUsual): void {
  const { console } = globalThis;
  for (const method of Object.keys(consoleLevels) as ConsoleMethod[]) {
    const print = (console[method] as (...values: readonly unknown[]) => void).bind(console);
    const capture = {
      [method](...values: readonly unknown[]): void {
        const { isPrintedToo, output } = find();
        output?.call(method, values);
        if (output === undefined || isPrintedToo) printed.print(() => print(...values));
      },
    };
    Object.assign(console, capture);
  }
}

interface WrittenChunk {
  readonly chunk: string | Uint8Array;
  readonly encoding: BufferEncoding;
}

type WriteChunks = (chunks: WrittenChunk[], done: (error?: Error | null) => void) => void;

/** Wraps `_writev`, through which all writes to a thread's standard streams go. */
function captureStream(name: StreamName, find: () => Capture, printed: PrintedAsUsual): void {
  const stream = process[name] as Writable as Writable & { _writev: WriteChunks };
  const print = stream._writev;
  stream._writev = (chunks, done) => {
    const { isPrintedToo, output } = printed.isPrinting ? { isPrintedToo: false } : find();
    if (output === undefined) {
      print.call(stream, chunks, done);
      return;
    }
    for (const { chunk, encoding } of chunks) output.write(name, chunk, encoding);
    if (isPrintedToo) print.call(stream, chunks, done);
    else done();
  };
}
