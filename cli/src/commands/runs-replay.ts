import type { ReplayRunResponse__Output } from "@baton/proto";
import { runStatusNameFromWire } from "@baton/proto/contract/run-status";
import { callCoordinator } from "@baton/sdk/calls";
import type { Command } from "commander";
import { eachRun } from "../client/each-run.ts";
import { type ClientFlags, clientCommand, runIdsArgument } from "../client-command.ts";
import type { CommandContext } from "../command-context.ts";
import { examplesText } from "../show/examples-text.ts";
import { CliError } from "../show/failure.ts";
import { shownRunId } from "../show/run-id-text.ts";

/** `baton runs replay <runId...>` */
export function runsReplayCommand(context: CommandContext): Command {
  const { output } = context;
  const shown = (runId: string): string => shownRunId(runId, output.columns);
  return clientCommand("replay", "Triggers a new run for each run, with the same task and payload.")
    .argument(...runIdsArgument)
    .option("--new-run-id <id>", "an id of your own for the new run, so that a repeated call cannot create two runs")
    .addHelpText("after", examplesText("baton runs replay run_01m8xk", "baton runs replay 01m8xk 01m8xq"))
    .action(async (words: readonly string[], flags: ClientFlags & { readonly newRunId?: string }) => {
      if (flags.newRunId !== undefined && words.length > 1) {
        throw new CliError("OPTION_INVALID", `--new-run-id names one run, and ${words.length} are to be replayed.`);
      }
      await eachRun(words, flags, context, async (runId) => {
        const answer = await callCoordinator("ReplayRun", { runId, newRunId: flags.newRunId ?? "" });
        const { run } = answer as ReplayRunResponse__Output;
        if (run === null) throw new Error("The coordinator answered a replay without a run.");
        const status = runStatusNameFromWire(run.status);
        if (flags.json === true) output.printJson({ id: run.runId, taskIdentifier: run.taskId, status });
        else output.printLine(`${shown(run.runId)}  ${run.taskId}  ${status}  replays ${shown(runId)}`);
      });
    });
}
