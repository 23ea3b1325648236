import type { ExitCode } from "./failure.ts";
import type { Output } from "./output.ts";

/** What a command gets from the process, so that none of them reaches for it. */
export interface CommandContext {
  readonly output: Output;
  readonly env: NodeJS.ProcessEnv;
  /** The folder that relative paths and `.baton` are looked for from. */
  readonly cwd: string;
  /** Reads standard input to its end. */
  readStdin(): Promise<string>;
  /** Says what the process ends with; the default is success. */
  finish(code: ExitCode): void;
  /**
   * Calls back for SIGINT and SIGTERM, once: from then on a second signal ends the process at once.
   *
   * @returns what gives the signals back
   */
  onStopSignal(callback: (signal: NodeJS.Signals) => void): () => void;
}
