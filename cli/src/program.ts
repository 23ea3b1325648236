import { Command } from "commander";
import type { CommandContext } from "./command-context.ts";
import { examplesText } from "./show/examples-text.ts";
import { wrapLine } from "./show/text-width.ts";
import { version } from "./version.ts";

/** Loads a command; for a group, the command that the next word names. */
type LoadCommand = (context: CommandContext, nextWord: string) => Promise<Command>;

const runsCommands: Readonly<Record<string, LoadCommand>> = {
  list: async (context) => (await import("./commands/runs-list.ts")).runsListCommand(context),
  get: async (context) => (await import("./commands/runs-get.ts")).runsGetCommand(context),
  cancel: async (context) => (await import("./commands/runs-cancel.ts")).runsCancelCommand(context),
  replay: async (context) => (await import("./commands/runs-replay.ts")).runsReplayCommand(context),
  watch: async (context) => (await import("./commands/runs-watch.ts")).runsWatchCommand(context),
  logs: async (context) => (await import("./commands/runs-logs.ts")).runsLogsCommand(context),
};

const tasksCommands: Readonly<Record<string, LoadCommand>> = {
  list: async (context) => (await import("./commands/tasks-list.ts")).tasksListCommand(context),
};

const commands: Readonly<Record<string, LoadCommand>> = {
  init: async (context) => (await import("./commands/init.ts")).initCommand(context),
  dev: async (context) => (await import("./commands/dev.ts")).devCommand(context),
  coordinator: async (context) => (await import("./commands/coordinator.ts")).coordinatorCommand(context),
  runner: async (context) => (await import("./commands/runner.ts")).runnerCommand(context),
  trigger: async (context) => (await import("./commands/trigger.ts")).triggerCommand(context),
  runs: async (context, nextWord) => {
    const group = new Command("runs").description("Reads, follows, cancels and replays runs.");
    for (const command of await loadCommands(runsCommands, nextWord, "", context)) group.addCommand(command);
    return group.addHelpText("after", examplesText("baton runs list --status FAILED"));
  },
  tasks: async (context, nextWord) => {
    const group = new Command("tasks").description("Lists registered tasks.");
    for (const command of await loadCommands(tasksCommands, nextWord, "", context)) group.addCommand(command);
    return group.addHelpText("after", examplesText("baton tasks list"));
  },
  export: async (context) => (await import("./commands/export.ts")).exportCommand(context),
  import: async (context) => (await import("./commands/import.ts")).importCommand(context),
};

/**
 * Makes the command line. It loads only the command that the words name, because loading code takes most of the time of a
 * short command. When the words name none, it loads all, for help and suggestions. The program throws CommanderError instead
 * of ending the process.
 *
 * @param words - The words after the program's name.
 */
export async function createProgram(context: CommandContext, words: readonly string[] = []): Promise<Command> {
  const program = new Command("baton").description("Runs TypeScript tasks that must not be lost.").version(version);
  const [word = "", nextWord = ""] = words[0] === "help" ? words.slice(1) : words;
  if (word !== "--version" && word !== "-V") {
    for (const command of await loadCommands(commands, word, nextWord, context)) program.addCommand(command);
  }
  program.addHelpText("after", examplesText("baton init my-tasks", "baton dev", `baton trigger hello-world --wait`));
  prepare(program, context);
  return program;
}

function loadCommands(
  table: Readonly<Record<string, LoadCommand>>,
  word: string,
  nextWord: string,
  context: CommandContext,
): Promise<readonly Command[]> {
  const named = Object.hasOwn(table, word) ? table[word] : undefined;
  const loads = named === undefined ? Object.values(table) : [named];
  return Promise.all(loads.map((load) => load(context, nextWord)));
}

/** Makes a command and its subcommands throw instead of ending the process, and fits their help to the terminal. */
function prepare(command: Command, context: CommandContext): void {
  command.exitOverride().showHelpAfterError("(use --help for the flags)");
  const { output } = context;
  command.configureOutput({
    writeOut: (text) => output.print(helpText(text, output.columns)),
    // Commander repeats the whole word, which may hold a token.
    writeErr: (text) => output.note(text.trimEnd().replace(/(unknown option '[^'=\s]+)=.*'/s, "$1=…'")),
  });
  for (const child of command.commands) prepare(child, context);
}

/** Breaks the lines that Commander leaves long, except examples, which users copy. */
function helpText(text: string, columns: number | undefined): string {
  const lines = text.trimEnd().split("\n");
  return lines.map((line) => (line.startsWith("  $ ") ? line : wrapLine(line, columns ?? 80, 0))).join("\n");
}
