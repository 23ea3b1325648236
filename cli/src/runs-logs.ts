import type { Command } from "commander";
import { type ClientFlags, clientCommand, examplesText, openConnection } from "./client-command.ts";
import type { CommandContext } from "./command-context.ts";
import { readLogs } from "./follow-logs.ts";
import { logLine, logToJson } from "./log-line.ts";

/** `baton runs logs <runId>` */
export function runsLogsCommand(context: CommandContext): Command {
  return clientCommand("logs", "Prints what a run's task printed.")
    .argument("<runId>", "the run's id")
    .option("-f, --follow", "go on until the run ends")
    .addHelpText(
      "after",
      `${examplesText("baton runs logs run_01k2v9 --follow")}\n--json prints one document a line.\n`,
    )
    .action(async (runId: string, flags: ClientFlags & { readonly follow?: boolean }) => {
      using connection = openConnection(flags, context);
      for await (const entry of readLogs(connection, runId, flags.follow === true)) {
        if (flags.json === true) context.output.printJson(logToJson(entry));
        else context.output.print(logLine(entry, context.output));
      }
    });
}
