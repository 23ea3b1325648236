import type { Command } from "commander";
import { type ClientFlags, clientCommand, examplesText, openConnection } from "./client-command.ts";
import type { CommandContext } from "./command-context.ts";
import { readRun } from "./read-run.ts";
import { runCard } from "./run-card.ts";
import { runToJson } from "./run-json.ts";

/** `baton runs get <runId>` */
export function runsGetCommand(context: CommandContext): Command {
  return clientCommand("get", "Shows one run: payload, output, attempts, timeline, and what it waits for.")
    .argument("<runId>", "the run's id")
    .addHelpText("after", examplesText("baton runs get run_01k2v9", "baton runs get run_01k2v9 --json"))
    .action(async (runId: string, flags: ClientFlags) => {
      using connection = openConnection(flags, context);
      const run = await readRun(connection, runId);
      if (flags.json === true) context.output.printJson(runToJson(run));
      else context.output.print(runCard(run, context.output));
    });
}
