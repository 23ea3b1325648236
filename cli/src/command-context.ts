import type { Readable, Writable } from "node:stream";
import type { ExitCode } from "./show/failure.ts";
import type { Output } from "./show/output.ts";

/** Where the bytes of a command go. */
export interface BytesOut {
  readonly stream: Writable;
  /** Is it a pipe, whose other end may show its own progress on the same terminal? */
  readonly isPipe: boolean;
}

/** What a command gets from the process, so that none of them reaches for it. */
export interface CommandContext {
  readonly output: Output;
  /** Where a service prints: never waits, and never fails while its reader is there. */
  serviceOutput(): Output;
  readonly env: NodeJS.ProcessEnv;
  /** The folder that relative paths and `.baton` are looked for from. */
  readonly cwd: string;
  /** Reads standard input to its end. */
  readStdin(): Promise<string>;
  /** Standard input as it comes. */
  openStdin(): Readable;
  /** Standard output for bytes. From then on a reader that goes away is a failure that the command has to handle. */
  openStdout(): BytesOut;
  /** Says what the process ends with; the default is success. */
  finish(code: ExitCode): void;
  /**
   * Calls back for SIGINT and SIGTERM, once: from then on a second signal ends the process at once.
   *
   * @returns what gives the signals back
   */
  onStopSignal(callback: (signal: NodeJS.Signals) => void): () => void;
}
