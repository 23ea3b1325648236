import { fstatSync } from "node:fs";
import { text } from "node:stream/consumers";
import { CommanderError } from "commander";
import type { ClientFlags } from "./client-command.ts";
import type { CommandContext } from "./command-context.ts";
import { createProgram } from "./program.ts";
import { commandName } from "./show/command-line.ts";
import { CliError, describeFailure, type ExitCode, exitCodes, failureText } from "./show/failure.ts";
import { LineWriter } from "./show/line-writer.ts";
import { Output, type TextStream } from "./show/output.ts";

let exitCode: ExitCode = exitCodes.ok;
/** Whether the called command prints JSON, so that its failure is printed as JSON too. */
let isJsonWanted = false;
/** Whether the command itself handles a stdout without a reader. */
let watchesStdout = false;

const output = new Output(process.stdout, process.stderr, process.env);

const context: CommandContext = {
  output,
  serviceOutput,
  env: process.env,
  cwd: process.cwd(),
  readStdin: () => text(process.stdin),
  openStdin: () => process.stdin,
  openStdout: () => {
    watchesStdout = true;
    process.stdout.off("error", onStdoutError);
    return { stream: process.stdout, isPipe: fstatSync(process.stdout.fd).isFIFO() };
  },
  finish: (code) => {
    exitCode = code;
  },
  onStopSignal,
};

/** Signals within this many milliseconds count as one, because npm forwards the Ctrl-C that the terminal has sent already. */
const oneSignalMs = 300;

function onStopSignal(callback: (signal: NodeJS.Signals) => void): () => void {
  let askedAt: number | undefined;
  const listener = (signal: NodeJS.Signals): void => {
    const now = performance.now();
    if (askedAt === undefined) {
      askedAt = now;
      callback(signal);
    } else if (now - askedAt > oneSignalMs) {
      // The usual exit code of a process that a signal ended.
      process.exit(signal === "SIGINT" ? exitCodes.SIGINT : exitCodes.SIGTERM);
    }
  };
  process.on("SIGINT", listener).on("SIGTERM", listener);
  return () => process.off("SIGINT", listener).off("SIGTERM", listener);
}

function serviceOutput(): Output {
  watchesStdout = true;
  const err = withoutWaiting(process.stderr, (droppedLines) => err.write(droppedNote(droppedLines)));
  const out = withoutWaiting(process.stdout, (droppedLines) => err.write(droppedNote(droppedLines)), onReaderGone);
  return new Output(out, err, process.env);
}

/** Makes the stream of a terminal, which accepts every write and has a width. */
function withoutWaiting(
  stream: NodeJS.WriteStream & { readonly fd: number },
  onRoom: (droppedLines: number) => void,
  onClosed?: () => void,
): TextStream {
  return stream.isTTY ? stream : new LineWriter(stream.fd, { onRoom, ...(onClosed !== undefined && { onClosed }) });
}

function droppedNote(lines: number): string {
  return `${lines} lines are missing here, because nothing took them\n`;
}

function onReaderGone(): void {
  process.exit(0);
}

/** Ends with 0 when the reader went away, as in `baton runs list | head`; otherwise reports that the result is incomplete. */
function onStdoutError(error: NodeJS.ErrnoException): void {
  if (error.code === "EPIPE") process.exit(0);
  const message = `Standard output cannot be written: ${error.message}.`;
  const failure = new CliError("OUTPUT_UNWRITABLE", message, { exitCode: exitCodes.failed });
  output.note(failureText(describeFailure(failure), output));
  process.exit(failure.exitCode);
}

function showFailure(error: unknown): void {
  const failure = describeFailure(error, commandName(process.env));
  const { code, message } = failure;
  if (isJsonWanted) output.printJson({ error: { code, message } });
  else output.note(failureText(failure, output));
  exitCode = failure.exitCode;
}

process.stdout.on("error", onStdoutError);
// A stderr without a reader does not end a service.
process.stderr.on("error", () => undefined);

try {
  const program = await createProgram(context, process.argv.slice(2));
  program.hook("preAction", (_program, command) => {
    isJsonWanted = command.opts<ClientFlags>().json === true;
  });
  await program.parseAsync();
} catch (error) {
  // Commander has printed its own message; help and version are not failures.
  if (error instanceof CommanderError) exitCode = error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  else showFailure(error);
}
process.stdout.write("", (error) => {
  // Node.js throws the error here before it calls the listener above.
  const isTold = watchesStdout || (error && "code" in error && error.code === "EPIPE");
  if (error && !isTold) onStdoutError(error);
  process.exit(exitCode);
});
