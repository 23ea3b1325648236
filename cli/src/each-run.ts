import { type ClientFlags, openConnection } from "./client-command.ts";
import type { CommandContext } from "./command-context.ts";
import { commandName } from "./command-line.ts";
import type { Connection } from "./connection.ts";
import { describeFailure, exitCodes, failureText } from "./failure.ts";
import { resolveRunId } from "./resolve-run-id.ts";

/**
 * Does the same to each run that is named, one after another. One that fails is shown and does not keep the others from
 * their turn; the command then ends with its exit code. Without a coordinator it ends at once.
 *
 * @param words - whole ids or beginnings of them
 * @throws whatever fails when only one run is named; CliError or ServiceError when no coordinator answers
 */
export async function eachRun(
  words: readonly string[],
  flags: ClientFlags,
  context: CommandContext,
  act: (connection: Connection, runId: string) => Promise<void>,
): Promise<void> {
  const { output } = context;
  using connection = openConnection(flags, context);
  for (const word of words) {
    try {
      await act(connection, await resolveRunId(connection, word, output));
    } catch (error) {
      const failure = describeFailure(error, commandName(context.env));
      if (words.length === 1 || failure.exitCode === exitCodes.unreachable) throw error;
      const { code, exitCode, message } = failure;
      if (flags.json === true) output.printJson({ id: word, error: { code, message } });
      else output.note(failureText(failure, output));
      context.finish(exitCode);
    }
  }
}
