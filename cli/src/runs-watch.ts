import { isFinalName, runStatusNameFromWire } from "@baton/proto/contract/run-status";
import type { Command } from "commander";
import { type ClientFlags, clientCommand, examplesText, runIdArgument } from "./client-command.ts";
import type { CommandContext } from "./command-context.ts";
import { eachRun } from "./each-run.ts";
import { eventLine } from "./event-line.ts";
import { exitCodes } from "./failure.ts";
import { followRun } from "./follow-run.ts";
import { runChangeFromWire } from "./run-change.ts";
import { runToJson } from "./run-json.ts";
import { unlessStopped } from "./unless-stopped.ts";

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
