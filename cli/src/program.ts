import { Command } from "commander";
import { examplesText } from "./client-command.ts";
import type { CommandContext } from "./command-context.ts";
import { coordinatorCommand } from "./commands/coordinator.ts";
import { devCommand } from "./commands/dev.ts";
import { exportCommand } from "./commands/export.ts";
import { importCommand } from "./commands/import.ts";
import { initCommand } from "./commands/init.ts";
import { runnerCommand } from "./commands/runner.ts";
import { runsCancelCommand } from "./commands/runs-cancel.ts";
import { runsGetCommand } from "./commands/runs-get.ts";
import { runsListCommand } from "./commands/runs-list.ts";
import { runsLogsCommand } from "./commands/runs-logs.ts";
import { runsReplayCommand } from "./commands/runs-replay.ts";
import { runsWatchCommand } from "./commands/runs-watch.ts";
import { tasksListCommand } from "./commands/tasks-list.ts";
import { triggerCommand } from "./commands/trigger.ts";
import { wrapLine } from "./show/text-width.ts";
import { version } from "./version.ts";

/** The whole command line. Throws CommanderError instead of ending the process. */
export function createProgram(context: CommandContext): Command {
  const runs = new Command("runs")
    .description("Looks at runs and changes their course.")
    .addCommand(runsListCommand(context))
    .addCommand(runsGetCommand(context))
    .addCommand(runsCancelCommand(context))
    .addCommand(runsReplayCommand(context))
    .addCommand(runsWatchCommand(context))
    .addCommand(runsLogsCommand(context))
    .addHelpText("after", examplesText("baton runs list --status FAILED"));
  const tasks = new Command("tasks")
    .description("Looks at the tasks that are registered.")
    .addCommand(tasksListCommand(context))
    .addHelpText("after", examplesText("baton tasks list"));
  const program = new Command("baton")
    .description("Runs TypeScript tasks that must not be lost.")
    .version(version)
    .addCommand(initCommand(context))
    .addCommand(devCommand(context))
    .addCommand(coordinatorCommand(context))
    .addCommand(runnerCommand(context))
    .addCommand(triggerCommand(context))
    .addCommand(runs)
    .addCommand(tasks)
    .addCommand(exportCommand(context))
    .addCommand(importCommand(context))
    .addHelpText("after", examplesText("baton init my-tasks", "baton dev", `baton trigger hello-world --wait`));
  prepare(program, context);
  return program;
}

/** Makes a command and those below it throw instead of ending the process, and fits their help to the terminal. */
function prepare(command: Command, context: CommandContext): void {
  command.exitOverride().showHelpAfterError("(add --help for what is possible)");
  const { output } = context;
  command.configureOutput({
    writeOut: (text) => output.print(helpText(text, output.columns)),
    // Commander repeats the whole word, in which somebody may have given a token.
    writeErr: (text) => output.note(text.trimEnd().replace(/(unknown option '[^'=\s]+)=.*'/s, "$1=…'")),
  });
  for (const child of command.commands) prepare(child, context);
}

/** Breaks the lines that Commander leaves long, but for examples, which are copied. */
function helpText(text: string, columns: number | undefined): string {
  const lines = text.trimEnd().split("\n");
  return lines.map((line) => (line.startsWith("  $ ") ? line : wrapLine(line, columns ?? 80, 0))).join("\n");
}
