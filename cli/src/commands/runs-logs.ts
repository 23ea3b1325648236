import type { Command } from "commander";
import { eachRun } from "../client/each-run.ts";
import { followLogs, readLogs } from "../client/follow-logs.ts";
import { parseCount } from "../client/trigger-item.ts";
import { type ClientFlags, clientCommand, runIdArgument } from "../client-command.ts";
import type { CommandContext } from "../command-context.ts";
import { examplesText } from "../show/examples-text.ts";
import { loggedTextFromWire, logLine, logToJson } from "../show/log-line.ts";

interface Flags extends ClientFlags {
  readonly follow?: boolean;
  readonly attempt?: number;
}

/** `baton runs logs <runId>` */
export function runsLogsCommand(context: CommandContext): Command {
  return clientCommand("logs", "Prints what a run's task printed.")
    .argument(...runIdArgument)
    .option("-f, --follow", "go on until the run ends")
    .option("--attempt <number>", "only of the attempt with this number", parseCount)
    .addHelpText(
      "after",
      `${examplesText("baton runs logs run_01m8xk --follow", "baton runs logs run_01m8xk --attempt 2")}\n--json prints one document a line.\n`,
    )
    .action(async (word: string, flags: Flags) => {
      await eachRun([word], flags, context, async (connection, runId) => {
        let isEmpty = true;
        const entries = flags.follow === true ? followLogs(connection, runId, false) : readLogs(connection, runId);
        for await (const entry of entries) {
          if (flags.attempt !== undefined && entry.attemptNumber !== flags.attempt) continue;
          isEmpty = false;
          if (flags.json === true) context.output.printJson(logToJson(entry));
          else context.output.print(logLine(loggedTextFromWire(entry), context.output));
        }
        if (isEmpty) context.output.note("Nothing was printed.");
      });
    });
}
