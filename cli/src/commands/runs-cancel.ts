import type { CancelRunResponse__Output } from "@baton/proto";
import { runStatusNameFromWire } from "@baton/proto/contract/run-status";
import { callCoordinator } from "@baton/sdk/calls";
import type { Command } from "commander";
import { eachRun } from "../client/each-run.ts";
import { type ClientFlags, clientCommand, runIdsArgument } from "../client-command.ts";
import type { CommandContext } from "../command-context.ts";
import { examplesText } from "../show/examples-text.ts";

/** `baton runs cancel <runId...>` */
export function runsCancelCommand(context: CommandContext): Command {
  const { output } = context;
  return clientCommand("cancel", "Cancels runs that have not ended; one that has ended stays as it is.")
    .argument(...runIdsArgument)
    .option("--reason <text>", "text that is stored with each run")
    .addHelpText(
      "after",
      examplesText(`baton runs cancel run_01m8xk --reason "wrong payload"`, "baton runs cancel 01m8xk 01m8xq"),
    )
    .action(async (words: readonly string[], flags: ClientFlags & { readonly reason?: string }) => {
      await eachRun(words, flags, context, async (runId) => {
        const answer = (await callCoordinator("CancelRun", {
          runId,
          reason: flags.reason ?? "",
        })) as CancelRunResponse__Output;
        const status = runStatusNameFromWire(answer.status);
        if (flags.json === true) output.printJson({ id: answer.runId, status });
        else if (status === "CANCELED") output.printLine(`${answer.runId}  canceled`);
        else output.printLine(`${answer.runId}  had ended before: ${status}`);
      });
    });
}
