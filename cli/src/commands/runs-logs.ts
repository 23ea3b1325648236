import { type LogsOptions, runs } from "@baton/sdk";
import type { Command } from "commander";
import { eachRun } from "../client/each-run.ts";
import { parseCount } from "../client/trigger-item.ts";
import { type ClientFlags, clientCommand, runIdArgument } from "../client-command.ts";
import type { CommandContext } from "../command-context.ts";
import { examplesText } from "../show/examples-text.ts";
import { loggedTextOf, logLine } from "../show/log-line.ts";

interface Flags extends ClientFlags {
  readonly follow?: boolean;
  readonly attempt?: number;
}

/** `baton runs logs <runId>` */
export function runsLogsCommand(context: CommandContext): Command {
  return clientCommand("logs", "Prints the lines that a run's task printed.")
    .argument(...runIdArgument)
    .option("-f, --follow", "go on until the run ends")
    .option("--attempt <number>", "only lines of the attempt with this number", parseCount)
    .addHelpText(
      "after",
      `${examplesText("baton runs logs run_01m8xk --follow", "baton runs logs run_01m8xk --attempt 2")}\n--json prints one document a line.\n`,
    )
    .action(async (word: string, flags: Flags) => {
      await eachRun([word], flags, context, async (runId) => {
        let isEmpty = true;
        const { attempt, follow = false } = flags;
        const options: LogsOptions = { follow, ...(attempt === undefined ? {} : { attempt }) };
        for await (const entry of runs.logs(runId, options)) {
          isEmpty = false;
          if (flags.json === true) context.output.printJson({ properties: null, ...entry });
          else context.output.print(logLine(loggedTextOf(entry), context.output));
        }
        if (isEmpty) context.output.note("Nothing was printed.");
      });
    });
}
