import type { Readable, Writable } from "node:stream";
import type { ExitCode } from "./show/failure.ts";
import type { Output } from "./show/output.ts";

/** The standard output of a command for bytes. */
export interface BytesOut {
  readonly stream: Writable;
  /** Whether it is a pipe, whose reader may show its own progress on the same terminal. */
  readonly isPipe: boolean;
}

/** What a command uses of the process, so that no command reads the process itself. */
export interface CommandContext {
  readonly output: Output;
  /** Prints for a service: never waits, and never fails while it has a reader. */
  serviceOutput(): Output;
  readonly env: NodeJS.ProcessEnv;
  /** The folder in which relative paths and the search for `.baton` begin. */
  readonly cwd: string;
  /** Reads standard input to its end. */
  readStdin(): Promise<string>;
  /** Standard input as a stream. */
  openStdin(): Readable;
  /** Opens standard output for bytes. From then on the command must handle a reader that goes away. */
  openStdout(): BytesOut;
  /** Sets the exit code of the process; success by default. */
  finish(code: ExitCode): void;
  /**
   * Calls back once, for the first SIGINT or SIGTERM. A second signal then ends the process at once.
   *
   * @returns a function that stops listening for signals
   */
  onStopSignal(callback: (signal: NodeJS.Signals) => void): () => void;
}
