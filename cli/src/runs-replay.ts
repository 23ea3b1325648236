import type { ReplayRunResponse__Output } from "@baton/proto";
import type { Command } from "commander";
import { type ClientFlags, clientCommand, examplesText, openConnection } from "./client-command.ts";
import type { CommandContext } from "./command-context.ts";
import { statusFromWire } from "./run-status.ts";

/** `baton runs replay <runId>` */
export function runsReplayCommand(context: CommandContext): Command {
  return clientCommand("replay", "Makes a new run with the task and payload of another.")
    .argument("<runId>", "the id of the run to repeat")
    .option("--new-run-id <id>", "the new run's id, made by you, so that a repeated call cannot create two runs")
    .addHelpText("after", examplesText("baton runs replay run_01k2v9"))
    .action(async (runId: string, flags: ClientFlags & { readonly newRunId?: string }) => {
      using connection = openConnection(flags, context);
      const { run } = await connection.unary<ReplayRunResponse__Output>((metadata, options, done) =>
        connection.runs.replayRun({ runId, newRunId: flags.newRunId ?? "" }, metadata, options, done),
      );
      if (run === null) throw new Error("The coordinator answered a replay without a run.");
      const status = statusFromWire(run.status);
      if (flags.json === true) context.output.printJson({ id: run.runId, taskIdentifier: run.taskId, status });
      else context.output.print(`${run.runId}  ${run.taskId}  ${status}  replays ${runId}`);
    });
}
