import { runs } from "@baton/sdk";
import type { Command } from "commander";
import { eachRun } from "../client/each-run.ts";
import { type ClientFlags, clientCommand, runIdsArgument } from "../client-command.ts";
import type { CommandContext } from "../command-context.ts";
import { examplesText } from "../show/examples-text.ts";
import { runCard } from "../show/run-card.ts";
import { runToJson } from "../show/run-json.ts";

/** `baton runs get <runId...>` */
export function runsGetCommand(context: CommandContext): Command {
  const { output } = context;
  return clientCommand("get", "Shows runs: payload, output, error, attempts, timeline, and what a run waits for.")
    .argument(...runIdsArgument)
    .addHelpText(
      "after",
      `${examplesText("baton runs get run_01m8xk", "baton runs get 01m8xk 01m8xq", "baton runs get run_01m8xk --json")}\n--json prints one document a line.\n`,
    )
    .action(async (words: readonly string[], flags: ClientFlags) => {
      let isFirst = true;
      await eachRun(words, flags, context, async (runId) => {
        const run = await runs.retrieve(runId);
        if (flags.json === true) output.printJson(runToJson(run));
        else output.print(`${isFirst ? "" : "\n"}${runCard(run, output)}`);
        isFirst = false;
      });
    });
}
