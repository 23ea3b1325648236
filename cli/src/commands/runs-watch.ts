import { isFinalName, runStatusNameFromWire } from "@baton/proto/contract/run-status";
import type { Command } from "commander";
import { eachRun } from "../client/each-run.ts";
import { followRun } from "../client/follow-run.ts";
import { unlessStopped } from "../client/unless-stopped.ts";
import { type ClientFlags, clientCommand, runIdArgument } from "../client-command.ts";
import type { CommandContext } from "../command-context.ts";
import { eventLine } from "../show/event-line.ts";
import { examplesText } from "../show/examples-text.ts";
import { exitCodes } from "../show/failure.ts";
import { runChangeFromWire } from "../show/run-change.ts";
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
      const onOutage = (): void => output.note("The coordinator is away; waiting for it.");
      await eachRun([word], flags, context, (connection, runId) =>
        unlessStopped(context, flags, runId, async (signal) => {
          for await (const run of followRun(connection, runId, onOutage, signal)) {
            if (flags.json === true) output.printJson(runToJson(run));
            else output.print(eventLine(runChangeFromWire(run), output));
            const status = runStatusNameFromWire(run.status);
            if (isFinalName(status) && status !== "COMPLETED") context.finish(exitCodes.failed);
          }
        }),
      );
    });
}
