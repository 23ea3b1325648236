import type { CancelRunResponse__Output } from "@baton/proto";
import type { Command } from "commander";
import { type ClientFlags, clientCommand, examplesText, openConnection } from "./client-command.ts";
import type { CommandContext } from "./command-context.ts";
import { statusFromWire } from "./run-status.ts";

/** `baton runs cancel <runId>` */
export function runsCancelCommand(context: CommandContext): Command {
  return clientCommand("cancel", "Cancels a run that has not ended; one that has stays as it is.")
    .argument("<runId>", "the run's id")
    .option("--reason <text>", "kept with the run")
    .addHelpText("after", examplesText(`baton runs cancel run_01k2v9 --reason "wrong payload"`))
    .action(async (runId: string, flags: ClientFlags & { readonly reason?: string }) => {
      using connection = openConnection(flags, context);
      const answer = await connection.unary<CancelRunResponse__Output>((metadata, options, done) =>
        connection.runs.cancelRun({ runId, reason: flags.reason ?? "" }, metadata, options, done),
      );
      const status = statusFromWire(answer.status);
      if (flags.json === true) context.output.printJson({ id: answer.runId, status });
      else if (status === "CANCELED") context.output.print(`${answer.runId}  canceled`);
      else context.output.print(`${answer.runId}  had ended before: ${status}`);
    });
}
