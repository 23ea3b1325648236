import { isFinalName } from "@baton/proto/contract/run-status";
import { runs } from "@baton/sdk";
import type { Command } from "commander";
import { eachRun } from "../client/each-run.ts";
import { unlessStopped } from "../client/unless-stopped.ts";
import { type ClientFlags, clientCommand, runIdArgument } from "../client-command.ts";
import type { CommandContext } from "../command-context.ts";
import { eventLine } from "../show/event-line.ts";
import { examplesText } from "../show/examples-text.ts";
import { exitCodes } from "../show/failure.ts";
import { runChangeOf } from "../show/run-change.ts";
import { runToJson } from "../show/run-json.ts";

/** `baton runs watch <runId>` */
export function runsWatchCommand(context: CommandContext): Command {
  return clientCommand("watch", "Prints a line for each change of a run until it ends.")
    .argument(...runIdArgument)
    .addHelpText(
      "after",
      `${examplesText("baton runs watch run_01m8xk")}\nExit code: 0 the run completed, 1 it ended otherwise. --json prints one document a line.\n`,
    )
    .action(async (word: string, flags: ClientFlags) => {
      const { output } = context;
      const onConnectionLost = (): void => output.note("The coordinator is away; waiting for it.");
      await eachRun([word], flags, context, (runId) =>
        unlessStopped(context, flags, runId, async (signal) => {
          for await (const run of runs.subscribeToRun(runId, { onConnectionLost, signal })) {
            if (flags.json === true) output.printJson(runToJson(run));
            else output.print(eventLine(runChangeOf(run), output));
            if (isFinalName(run.status) && run.status !== "COMPLETED") context.finish(exitCodes.failed);
          }
          signal.throwIfAborted();
        }),
      );
    });
}
